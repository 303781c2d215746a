// The official OpenAI SDK for Node, unmodified: chats whole and streamed, and prints what it got.
//   node chat.mjs BASE_URL MODEL PROMPT
import OpenAI from "openai";

const [baseURL, model, prompt] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", defaultHeaders: { "x-client-id": "node" }, maxRetries: 0 });
const messages = [{ role: "user", content: prompt }];
const seen = {};

const whole = await client.chat.completions.create({ model, messages });
seen.whole = { text: whole.choices[0].message.content, finish: whole.choices[0].finish_reason, usage: whole.usage, id: whole._request_id };

seen.stream = { text: "", pieces: 0 };
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })) {
  seen.stream.text += chunk.choices[0]?.delta?.content ?? "";
  seen.stream.pieces += 1;
  seen.stream.usage = chunk.usage ?? seen.stream.usage;
}

const helper = client.chat.completions.stream({ model, messages });
seen.helper = { text: (await helper.finalChatCompletion()).choices[0].message.content };

seen.models = (await client.models.list()).data.map((m) => m.id);
try {
  await client.chat.completions.create({ model: "no-such-model", messages });
} catch (error) {
  seen.error = { name: error.constructor.name, status: error.status, code: error.code, id: error.requestID };
}
console.log(JSON.stringify(seen));
