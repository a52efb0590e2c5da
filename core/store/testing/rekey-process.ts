// Changes the passphrase of a store from `old` to `new`, for a test that kills it meanwhile. Arguments: the folder of
// the store, and that of its witness.
import process from "node:process";
import { openStore } from "../sqlite/open.ts";

const [folder = "", witnessFolder = ""] = process.argv.slice(2);
const open = openStore({ folder, witnessFolder, passphrase: "old", scryptCost: { N: 2 ** 4, r: 8, p: 1 } });
open.changePassphrase("new");
open.close();
