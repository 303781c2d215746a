// The package gpt-tokenizer, under a name that nobody else depends on: how many tokens each text is.
//   node count.mjs ENCODING < texts.json
import { readFileSync } from "node:fs";

const { countTokens } = await import(`reference-tokenizer/encoding/${process.argv[2]}`);
const plain = { disallowedSpecial: new Set() }; // what looks like a special token is text
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((text) => countTokens(text, plain))));
