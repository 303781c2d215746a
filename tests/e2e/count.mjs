// The package gpt-tokenizer: how many tokens each text is.
//   node count.mjs ENCODING < texts.json
import { readFileSync } from "node:fs";

const { countTokens } = await import(`gpt-tokenizer/encoding/${process.argv[2]}`);
const plain = { disallowedSpecial: new Set() }; // what looks like a special token is text
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((text) => countTokens(text, plain))));
