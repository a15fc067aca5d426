import { commonAnswer, commonRules, type Face, openAiEnvelope } from './face.ts'
import { llamaCppModels, lmStudioModels, ollamaModels, vllmModels } from './models.ts'
import { alternation, dataUrlsOnly, formatTypes, grammar, parsableArguments, systemFirst } from './provider-rules.ts'
import { thinksByTemplate, thinksUnlessNone } from './reasoning-rules.ts'
import { llamaCppShape, lmStudioShape, ollamaShape, vllmShape } from './request-shapes.ts'
import { vllmOverflow, windowRule } from './window-rule.ts'

/** Self-hosted servers. */

const systemMessage = 'System message must be at the beginning.'

const vllm: Face = {
  prefixes: ['/v1'],
  auth: 'optional',
  models: vllmModels,
  unknownModel: (id) => ({ status: 404, message: `The model \`${id}\` does not exist.`, type: 'NotFoundError' }),
  request: vllmShape,
  rules: [
    ...commonRules,
    systemFirst({ message: systemMessage }),
    parsableArguments({ message: 'Expecting value: line 1 column 1 (char 0)' }),
    windowRule(vllmOverflow),
  ],
  envelope: ({ status, message, type, param }) => ({
    error: { message, type: type === 'invalid_request_error' ? 'BadRequestError' : type, param, code: status },
  }),
  thinks: thinksByTemplate,
  answer: {
    ...commonAnswer,
    reasoning: 'reasoning',
    stopMember: 'stop_reason',
    namedCallStops: true,
    callId: (id) => `chatcmpl-tool-${id.replaceAll('-', '')}`,
  },
}

const llamacpp: Face = {
  prefixes: ['/v1', ''],
  auth: 'optional',
  models: llamaCppModels,
  request: llamaCppShape,
  rules: [
    ...commonRules,
    systemFirst({ status: 500, message: systemMessage, type: 'server_error' }),
    alternation({
      status: 500,
      message: 'Conversation roles must alternate user/assistant/user/assistant/...',
      type: 'server_error',
    }),
    parsableArguments({ status: 500, message: 'Failed to parse tool call arguments as JSON', type: 'server_error' }),
    grammar,
    windowRule(({ window, prompt }) =>
      prompt > window
        ? {
            message: 'the request exceeds the available context size, try increasing it',
            type: 'exceed_context_size_error',
            more: { n_prompt_tokens: prompt, n_ctx: window },
          }
        : undefined,
    ),
  ],
  envelope: ({ status, message, type, more }) => ({ error: { code: status, message, type, ...more } }),
  thinks: thinksByTemplate,
  answer: {
    ...commonAnswer,
    emptyContent: null,
    cachedTokens: 'none',
    callId: (id) => id.replaceAll('-', ''),
  },
}

const lmstudio: Face = {
  prefixes: ['/v1'],
  auth: 'optional',
  models: lmStudioModels,
  request: lmStudioShape,
  rules: [
    ...commonRules,
    systemFirst({ message: systemMessage }),
    formatTypes(['text', 'json_schema'], "'response_format.type' must be 'json_schema' or 'text'"),
    windowRule(({ window, prompt }) =>
      prompt > window
        ? {
            message: `The number of tokens to keep from the initial prompt is greater than the context length (${prompt} > ${window}).`,
          }
        : undefined,
    ),
  ],
  envelope: ({ message }) => ({ error: message }),
  thinks: () => true,
  answer: {
    ...commonAnswer,
    role: 'first delta',
    cachedTokens: 'none',
    callId: (id) => String(Number.parseInt(id.slice(0, 8), 16) % 1_000_000_000).padStart(9, '0'),
  },
}

const ollama: Face = {
  prefixes: ['/v1'],
  auth: 'optional',
  models: ollamaModels,
  unknownModel: (id) => ({
    status: 404,
    message: `model "${id}" not found, try pulling it first`,
    type: 'not_found_error',
  }),
  request: ollamaShape,
  rules: [
    ...commonRules,
    dataUrlsOnly(() => 'invalid image input'),
    parsableArguments({ message: 'invalid tool call arguments' }),
    windowRule(({ window, prompt }) =>
      prompt > window
        ? { message: `prompt too long; exceeded max context length by ${prompt - window} tokens` }
        : undefined,
    ),
  ],
  envelope: openAiEnvelope,
  ignoresChoice: true,
  thinks: (body, { images }) => !images && thinksUnlessNone(body),
  answer: {
    ...commonAnswer,
    reasoning: 'reasoning',
    role: 'every delta',
    emptyContent: '',
    cachedTokens: 'none',
    calls: 'whole with index 0',
    callId: (id) => `call_${id.slice(0, 8)}`,
  },
}

export const localFaces = { vllm, llamacpp, lmstudio, ollama } satisfies Record<string, Face>
