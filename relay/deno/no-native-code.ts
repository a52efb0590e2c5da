import process from "node:process";

// Packages get an environment of this one variable: the relay may read no others than its own, and `ws` is not to ask
// for the right to call native code, with which it would be faster. It reads this when it is loaded, so this file is
// imported before it.
process.env = { WS_NO_BUFFER_UTIL: "1" };
