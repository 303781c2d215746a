// The clients that people use with Node, unmodified, each in its own way: answers whole and streamed, and
// what it makes of an error. Prints what it got.
//   node clients.mjs CLIENT ORIGIN MODEL PROMPT
import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { OpenAI as LlamaIndex } from "@llamaindex/openai";
import { generateText, streamText } from "ai";

const [name, origin, model, prompt] = process.argv.slice(2);
const base = `${origin}/v1`;
const headers = { "x-client-id": "node" };
const messages = [{ role: "user", content: prompt }];

async function joined(stream, textOf) {
  let text = "";
  for await (const part of stream) text += textOf(part) ?? "";
  return text;
}

// Vercel's AI SDK speaks three dialects.
async function vercel(provider) {
  const whole = await generateText({ model: provider(model), prompt, maxRetries: 0 });
  const stream = streamText({ model: provider(model), prompt, maxRetries: 0 });
  return {
    whole: whole.text, finish: whole.finishReason, input: whole.usage.inputTokens,
    stream: await joined(stream.textStream, (text) => text), streamFinish: await stream.finishReason,
    error: await failed(() => generateText({ model: provider("no-such-model"), prompt, maxRetries: 0 })),
  };
}

async function failed(call) {
  try {
    await call();
  } catch (error) {
    return error.status ?? error.statusCode ?? error.cause?.status ?? error.constructor.name;
  }
}

const clients = {
  async anthropic() {
    const client = new Anthropic({ baseURL: origin, apiKey: "any", defaultHeaders: headers, maxRetries: 0 });
    const request = { model, max_tokens: 100, messages };
    const whole = await client.messages.create(request);
    const stream = client.messages.stream(request);
    const text = await joined(stream, (event) => event.delta?.text);
    const last = await stream.finalMessage();
    return {
      whole: whole.content.find((block) => block.type === "text").text, finish: whole.stop_reason, input: whole.usage.input_tokens,
      stream: text, streamFinish: last.stop_reason,
      counted: (await client.messages.countTokens({ model, messages })).input_tokens,
      models: (await client.models.list()).data.map((one) => one.id),
      error: await failed(() => client.messages.create({ ...request, model: "no-such-model" })),
    };
  },
  async langchain() {
    const settings = { model, apiKey: "any", maxRetries: 0, configuration: { baseURL: base, defaultHeaders: headers } };
    const client = new ChatOpenAI(settings);
    const whole = await client.invoke(prompt);
    const vectors = await new OpenAIEmbeddings({ ...settings, model: "vectors" }).embedDocuments(["one", "two"]);
    return {
      whole: whole.content, finish: whole.response_metadata.finish_reason, input: whole.usage_metadata.input_tokens,
      stream: await joined(await client.stream(prompt), (chunk) => chunk.content), vectors,
      error: await failed(() => new ChatOpenAI({ ...settings, model: "no-such-model" }).invoke(prompt)),
    };
  },
  async llamaindex() {
    const settings = { apiKey: "any", maxRetries: 0, additionalSessionOptions: { baseURL: base, defaultHeaders: headers } };
    const client = new LlamaIndex({ model, ...settings });
    const whole = await client.chat({ messages });
    return {
      whole: whole.message.content, finish: whole.raw.choices[0].finish_reason, input: whole.raw.usage.prompt_tokens,
      stream: await joined(await client.chat({ messages, stream: true }), (chunk) => chunk.delta),
      error: await failed(() => new LlamaIndex({ model: "no-such-model", ...settings }).chat({ messages })),
    };
  },
  "vercel-compatible": () => vercel(createOpenAICompatible({ name: "gatehouse", baseURL: base, apiKey: "any", headers })),
  "vercel-responses": () => vercel(createOpenAI({ baseURL: base, apiKey: "any", headers })),
  "vercel-anthropic": () => vercel(createAnthropic({ baseURL: base, apiKey: "any", headers })),
};

console.log(JSON.stringify(await clients[name]()));
