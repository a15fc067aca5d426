import { expect, test } from 'bun:test'
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionContentPartImage,
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionFunctionTool,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionStreamOptions,
  ChatCompletionSystemMessageParam,
  ChatCompletionToolMessageParam,
  ChatCompletionUserMessageParam,
} from 'openai/resources/chat/completions'
import type {
  AssistantMessage,
  MediaPart,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolMessage,
  UserMessage,
} from '../../src/wire/openai-chat/message.ts'
import type { ChatRequest, ChatTool } from '../../src/wire/openai-chat/request.ts'

/**
 * We send each member that the official client knows, or list it here with the reason. Each member that we send is
 * OpenAI's, or is listed here with its providers (OU section 7.1). A new member of the client is a compile error here
 * that names it.
 */

type Keys<T> = keyof T & string

/** One entry for each member that we do not send. */
type Unsent<Theirs, Ours> = Readonly<Record<Exclude<Keys<Theirs>, Keys<Ours>>, string>>
/** One entry for each member that OpenAI does not have. */
type Extensions<Theirs, Ours> = Readonly<Record<Exclude<Keys<Ours>, Keys<Theirs>>, string>>

interface Accounted<Theirs, Ours> {
  readonly unsent: Unsent<Theirs, Ours>
  readonly extensions: Extensions<Theirs, Ours>
}

const request: Accounted<ChatCompletionCreateParamsStreaming, ChatRequest> = {
  unsent: {
    audio: 'Claude Code takes no audio (OU-Q15)',
    frequency_penalty: "Anthropic's API has no such field",
    function_call: 'the predecessor of tool_choice (OU-Q15)',
    functions: 'the predecessor of tools (OU-Q15)',
    logit_bias: 'OU-Q15',
    logprobs: 'OU-Q15',
    metadata: 'for stored responses, and we store none (OU-Q9)',
    modalities: 'OU-Q15',
    moderation: 'the owner of the key decides on moderation',
    n: 'we need one response (OU-Q15)',
    prediction: "Anthropic's API has no such field",
    presence_penalty: "Anthropic's API has no such field",
    prompt_cache_options: 'OU-Q112',
    prompt_cache_retention: 'the owner of the key decides how long prompts are kept',
    seed: 'OU-Q15',
    top_logprobs: 'OU-Q15',
    verbosity: "Anthropic's API has no such field",
    web_search_options: 'OU-Q15',
  },
  extensions: {
    add_generation_prompt: 'vLLM (OU-Q27)',
    chat_template_kwargs: 'vLLM, SGLang, NIM (OU-Q76)',
    continue_final_message: 'vLLM (OU-Q27)',
    enable_thinking: 'DashScope (OU-Q75)',
    reasoning: 'OpenRouter, Together (OU-Q78, Q79)',
    reasoning_format: 'Groq (OU-Q80)',
    reasoning_history: 'Fireworks (OU-P11)',
    reasoning_split: 'MiniMax (OU-Q77)',
    thinking: 'DeepSeek, Zhipu, Kimi, MiniMax (OU-Q72 to Q74, Q77)',
    thinking_budget: 'DashScope (OU-Q75)',
    tool_stream: 'Zhipu (OU-P6)',
    top_k: 'vLLM, SGLang, llama.cpp, LM Studio, OpenRouter, Together, Fireworks (OU-Q4)',
  },
}

const streamOptions: Accounted<ChatCompletionStreamOptions, NonNullable<ChatRequest['stream_options']>> = {
  unsent: { include_obfuscation: 'the default protects against side channels' },
  extensions: {},
}

const tool: Accounted<ChatCompletionFunctionTool, ChatTool> = {
  unsent: {},
  extensions: { cache_control: 'OpenRouter, DashScope, LiteLLM (OU-Q111)' },
}

const toolFunction: Accounted<ChatCompletionFunctionTool['function'], ChatTool['function']> = {
  unsent: {},
  extensions: {},
}

const systemMessage: Accounted<ChatCompletionSystemMessageParam, SystemMessage> = {
  unsent: { name: 'there is one system prompt' },
  extensions: {},
}

const userMessage: Accounted<ChatCompletionUserMessageParam, UserMessage> = {
  unsent: { name: 'there is one user' },
  extensions: {},
}

const assistantMessage: Accounted<ChatCompletionAssistantMessageParam, AssistantMessage> = {
  unsent: {
    audio: 'Claude Code takes no audio (OU-Q15)',
    function_call: 'the predecessor of tool_calls (OU-Q15)',
    name: 'there is one assistant',
    refusal: "refusals are text in the client's history (OU-A9)",
  },
  extensions: {
    partial: 'Kimi (OU-Q27)',
    prefix: 'Mistral, DeepSeek (OU-Q27)',
    reasoning: 'Ollama, vLLM, OpenRouter (OU-Q98, Q99)',
    reasoning_content: 'DeepSeek, Zhipu, Kimi, vLLM, SGLang and others (OU-Q95 to Q98)',
    reasoning_details: 'OpenRouter, MiniMax (OU-Q99)',
  },
}

const toolMessage: Accounted<ChatCompletionToolMessageParam, ToolMessage> = {
  unsent: {},
  extensions: { name: 'Mistral (OU-Q39)' },
}

const toolCall: Accounted<ChatCompletionMessageFunctionToolCall, ToolCall> = {
  unsent: {},
  extensions: { extra_content: 'Gemini (OU-Q101)' },
}

const textPart: Accounted<ChatCompletionContentPartText, TextPart> = {
  unsent: {},
  extensions: { cache_control: 'OpenRouter, DashScope, LiteLLM (OU-Q111)' },
}

type Image = Extract<MediaPart, { type: 'image_url' }>

const imagePart: Accounted<ChatCompletionContentPartImage, Image> = {
  unsent: {},
  extensions: { cache_control: 'OpenRouter, DashScope, LiteLLM (OU-Q111)' },
}

const imageUrl: Accounted<ChatCompletionContentPartImage['image_url'], Image['image_url']> = {
  unsent: { detail: 'the model decides (OU-Q31)' },
  extensions: {},
}

type File = Extract<MediaPart, { type: 'file' }>

const file: Accounted<ChatCompletionContentPart.File['file'], File['file']> = {
  unsent: { file_id: 'there is no Files API (OU-Q32)' },
  extensions: {},
}

/** Kinds of parts that OpenAI has, by whether we send them. */
const parts: Readonly<Record<ChatCompletionContentPart['type'], boolean>> = {
  text: true,
  image_url: true,
  file: true,
  input_audio: false,
}

const accounts: Readonly<Record<string, Accounted<object, object>>> = {
  request,
  streamOptions,
  tool,
  toolFunction,
  systemMessage,
  userMessage,
  assistantMessage,
  toolMessage,
  toolCall,
  textPart,
  imagePart,
  imageUrl,
  file,
}

test.each(Object.keys(accounts))('each member of %s is sent, or listed with a reason (OU-Q15)', (name) => {
  const { unsent, extensions } = accounts[name] ?? { unsent: {}, extensions: {} }
  for (const reason of Object.values({ ...unsent, ...extensions })) expect(String(reason).length).toBeGreaterThan(5)
})

test('each kind of part is sent, except audio, which Claude Code does not have (OU-Q15)', () => {
  expect(Object.entries(parts).filter(([, isSent]) => !isSent)).toEqual([['input_audio', false]])
})
