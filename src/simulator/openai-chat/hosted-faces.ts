import { conversationRules } from './conversation-rules.ts'
import { commonAnswer, commonRules, type Face, openAiEnvelope, type WireError } from './face.ts'
import { mediaRules, visionOnly } from './media-rules.ts'
import { deepSeekModels, kimiModels, mistralModels, nebiusModels, openRouterModels } from './models.ts'
import { moonshotSchemas } from './moonshot-schema-rule.ts'
import { limitRules } from './parameter-rules.ts'
import { dataUrlsOnly, formatTypes, mistralOrder, nineCharacterIds, nothingEmpty } from './provider-rules.ts'
import {
  genuineDetails,
  noForceWhileThinking,
  reasoningOnEveryMessage,
  reasoningWithCalls,
  thinksOnRequest,
  thinksUnlessDisabled,
  thinksUnlessNone,
} from './reasoning-rules.ts'
import { deepSeekShape, kimiShape, mistralShape, nebiusShape, openRouterShape } from './request-shapes.ts'
import type { ChatBody } from './schema.ts'
import { toolRules } from './tool-rules.ts'
import { openAiOverflow, vllmOverflow, windowRule } from './window-rule.ts'

/** Servers of hosted providers. */

const kimiForced = (body: ChatBody): string =>
  typeof body.tool_choice === 'object' ? 'specified' : String(body.tool_choice)

const deepseek: Face = {
  prefixes: ['', '/v1', '/beta'],
  auth: 'bearer',
  models: deepSeekModels,
  unknownModel: () => ({ message: 'Model Not Exist', code: 'invalid_request_error' }),
  request: deepSeekShape,
  rules: [
    ...limitRules,
    formatTypes(['text', 'json_object'], 'This response_format type is unavailable now'),
    noForceWhileThinking(thinksUnlessDisabled, () => 'Thinking mode does not support this tool_choice'),
    ...toolRules,
    ...conversationRules,
    visionOnly(
      'Failed to deserialize the JSON body into the target type: messages: unknown variant `image_url`, expected `text`',
    ),
    ...mediaRules,
    reasoningOnEveryMessage,
    windowRule(openAiOverflow),
  ],
  envelope: openAiEnvelope,
  thinks: thinksUnlessDisabled,
  answer: {
    ...commonAnswer,
    emptyContent: null,
    usage: 'finish chunk',
    cachedTokens: 'hit and miss',
    comment: 'keep-alive',
    requestIdHeader: 'x-ds-trace-id',
    callId: (id, { index }) => `call_0${index}_${id.replaceAll('-', '').slice(0, 24)}`,
  },
}

const kimi: Face = {
  prefixes: ['/v1'],
  auth: 'bearer',
  models: kimiModels,
  unknownModel: (id) => ({
    status: 404,
    message: `Not found the model ${id} or Permission denied`,
    type: 'resource_not_found_error',
  }),
  request: kimiShape,
  rules: [
    ({ body, model }) =>
      model.sampling || [undefined, null, thinksUnlessDisabled(body) ? 1 : 0.6].includes(body.temperature)
        ? undefined
        : { message: 'invalid temperature: only 1 is allowed for this model' },
    ({ body, model }) =>
      model.sampling
        ? undefined
        : noForceWhileThinking(
            thinksUnlessDisabled,
            (forced) => `tool_choice '${kimiForced(forced)}' is incompatible with thinking enabled`,
          )({ body, model }),
    moonshotSchemas,
    ...commonRules,
    dataUrlsOnly(() => 'Invalid request: unsupported image url, only base64 data URLs are supported'),
    nothingEmpty,
    reasoningWithCalls,
    windowRule(({ window, prompt, output }) => ({
      message: `Invalid request: Your request exceeded model token limit: ${window} (requested: ${prompt + output})`,
    })),
  ],
  envelope: openAiEnvelope,
  thinks: (body, model) => !model.sampling && thinksUnlessDisabled(body),
  answer: {
    ...commonAnswer,
    usage: 'in choice',
    cachedTokens: 'flat',
    hasNoObject: true,
    callId: (_id, { name, index }) => `functions.${name}:${index}`,
  },
}

const mistralEnvelope = ({ status, message, type, param, code }: WireError) =>
  status === 422
    ? { detail: [{ type: code, loc: ['body', param], msg: message }] }
    : { object: 'error', message, type, param, code }

const mistral: Face = {
  prefixes: ['/v1'],
  auth: 'bearer',
  models: mistralModels,
  unknownModel: (id) => ({ message: `Invalid model: ${id}`, type: 'invalid_model', code: '1500' }),
  request: mistralShape,
  rules: [
    ...commonRules,
    nineCharacterIds,
    mistralOrder,
    windowRule(({ window, prompt, output }) => ({
      message: `Prompt contains ${prompt + output} tokens and 0 draft tokens, too large for model with ${window} maximum context length`,
      code: '3051',
    })),
  ],
  envelope: mistralEnvelope,
  thinks: (body, { id }) => id.startsWith('magistral') || body.reasoning_effort === 'high',
  answer: {
    ...commonAnswer,
    reasoning: 'parts',
    usage: 'finish chunk',
    cachedTokens: 'none',
    calls: 'whole without index',
    finishesWithLastDelta: true,
    requestIdHeader: 'mistral-correlation-id',
    callId: (id) => id.replaceAll('-', '').slice(0, 9),
  },
}

const nebius: Face = {
  prefixes: ['/v1'],
  auth: 'bearer',
  models: nebiusModels,
  unknownModel: (id) => ({ status: 404, message: `The model \`${id}\` does not exist.`, type: 'NotFoundError' }),
  request: nebiusShape,
  rules: [...commonRules, windowRule(vllmOverflow)],
  envelope: ({ message }) => ({ detail: message }),
  thinks: (body, { images }) => !images && thinksUnlessNone(body),
  answer: { ...commonAnswer, role: 'first delta', emptyContent: '' },
}

const openrouter: Face = {
  prefixes: ['/api/v1', '/v1'],
  auth: 'bearer',
  models: openRouterModels,
  unknownModel: (id) => ({ message: `${id} is not a valid model ID` }),
  request: openRouterShape,
  rules: [
    ...commonRules,
    genuineDetails,
    ({ body, model }) =>
      model.id.startsWith('anthropic/') && body.tools === undefined && body.messages.some(({ role }) => role === 'tool')
        ? { message: 'Requests which include `tool_use` or `tool_result` blocks must define tools. (tools= param)' }
        : undefined,
    windowRule(({ window, prompt, output }) => ({
      message: `This endpoint's maximum context length is ${window} tokens. However, you requested about ${prompt + output} tokens (${prompt} of text input, ${output} in the output). Please reduce the length of either one.`,
    })),
  ],
  envelope: ({ status, message }) => ({
    error: {
      message: 'Provider returned error',
      code: status,
      metadata: { raw: JSON.stringify({ error: { message } }), provider_name: 'Simulated' },
    },
    user_id: 'user_simulated',
  }),
  thinks: thinksOnRequest,
  answer: {
    ...commonAnswer,
    reasoning: 'details',
    role: 'every delta',
    emptyContent: '',
    comment: 'OPENROUTER PROCESSING',
    members: { provider: 'Simulated' },
    choiceMembers: { native_finish_reason: null },
    requestIdHeader: 'cf-ray',
  },
}

export const hostedFaces = {
  deepseek,
  kimi,
  mistral,
  nebius,
  openrouter,
} satisfies Record<string, Face>
