import { toUnicodeJsonWithoutNul } from '../../src/base/unicode-json.ts'
import { faces } from '../../src/simulator/openai-chat/faces.ts'
import { createRequestValidator } from '../../src/simulator/openai-chat/validate-request.ts'
import { toChatRequest } from '../../src/translate/anthropic-to-openai-chat/request.ts'
import { dialectOf, providerOf } from '../../src/upstreams/openai/provider.ts'
import { providers } from '../../src/upstreams/openai/providers.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'

/** Each simulated OpenAI-compatible server as a judge of canonical requests for its first model. */
export const chatJudges = Object.entries(faces).map(([name, face]) => {
  const [model] = face.models
  if (model === undefined) throw new Error('The face has no model.')
  const row = name === 'strict' || name === 'gpt-5.6' ? 'openai' : name
  const provider = providerOf(providers, 'https://any.example/v1', row)
  const dialect = { ...dialectOf(provider, model.id), images: model.images }
  const validate = createRequestValidator(face, face.models, false)
  return {
    name,
    modelId: model.id,
    /** Has a member `refusal` if the server does not accept the request. */
    judge(request: MessagesRequest): object {
      const { body } = toChatRequest(request, { modelId: model.id, dialect })
      return validate(JSON.parse(toUnicodeJsonWithoutNul(body)))
    },
  }
})
