import { conversationRules } from './conversation-rules.ts'
import { commonAnswer, type Face, openAiEnvelope } from './face.ts'
import { mediaRules, visionOnly } from './media-rules.ts'
import { gpt56, openAiModels } from './models.ts'
import { limitRules, openAiParameterRules } from './parameter-rules.ts'
import { openAiShape } from './request-shapes.ts'
import { formatRules, toolRules } from './tool-rules.ts'
import { openAiOverflow, windowRule } from './window-rule.ts'

/** OpenAI itself, and Azure. */

export const strict: Face = {
  prefixes: ['/v1'],
  auth: 'bearer',
  models: openAiModels,
  unknownModel: (id) => ({
    status: 404,
    message: `The model \`${id}\` does not exist or you do not have access to it.`,
    code: 'model_not_found',
  }),
  request: openAiShape,
  rules: [
    ...openAiParameterRules,
    ...limitRules,
    ...toolRules,
    ...formatRules,
    ...conversationRules,
    visionOnly('Invalid content type. image_url is only supported by certain models.'),
    ...mediaRules,
    windowRule(openAiOverflow),
  ],
  envelope: openAiEnvelope,
  // It thinks, but Chat Completions does not show it.
  thinks: () => false,
  answer: {
    ...commonAnswer,
    reasoning: 'hidden',
    isPadded: true,
    namedCallStops: true,
    members: { service_tier: 'default', system_fingerprint: 'fp_simulated' },
  },
}

const safe = { filtered: false, severity: 'safe' }
const harmless = { hate: safe, self_harm: safe, sexual: safe, violence: safe }

/** OpenAI's face under the paths of Azure. It is selected by path, not by name. */
export const azure: Face = {
  ...strict,
  prefixes: ['/openai/v1'],
  auth: 'api-key',
  unknownModel: () => ({
    status: 404,
    message:
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
    code: 'DeploymentNotFound',
  }),
  answer: {
    ...strict.answer,
    requestIdHeader: 'apim-request-id',
    choiceMembers: { content_filter_results: harmless },
    prelude: {
      id: '',
      object: '',
      created: 0,
      model: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: harmless }],
    },
  },
}

/** OpenAI with only its newest model, which caches prompts only under a key. */
export const newest: Face = { ...strict, models: [gpt56], cachesByKey: true }
