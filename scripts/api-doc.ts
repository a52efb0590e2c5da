// `npm run api-doc`: writes core/chat/API.md.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { apiDocument } from "./api-doc/document.ts";

writeFileSync(fileURLToPath(new URL("../core/chat/API.md", import.meta.url)), apiDocument());
