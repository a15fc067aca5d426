import { Elysia } from 'elysia'
import { type DomainGuardOptions, requireToken } from '../../http/guard.ts'
import { chatRoutes } from './chat.ts'
import { compactRoutes } from './compact.ts'
import { inputTokensRoutes } from './input-tokens.ts'
import type { ModelCallOptions, OpenAiRoutesOptions } from './model-call.ts'
import { type OpenAiModelsOptions, openAiModelsRoutes } from './models.ts'
import { spellingsOf } from './paths.ts'
import { createResponseStore } from './response-store.ts'
import { responsesRoutes } from './responses.ts'
import type { StoredContextOptions } from './stored-context.ts'
import { storedResponsesRoutes } from './stored-responses.ts'
import { createThinkingMemory } from './thinking-memory.ts'

/** OpenAI's API, behind the client token. */
export const openAiRoutes = (
  options: OpenAiRoutesOptions & Pick<OpenAiModelsOptions, 'features'> & DomainGuardOptions,
) => {
  const { gateway, keepsThinking, storedResponses: maximumResponses, date: now } = options
  const thinkingMemory = keepsThinking ? createThinkingMemory({ now }) : undefined
  const responseStore = maximumResponses > 0 ? createResponseStore({ maximumResponses, now }) : undefined
  const shared: ModelCallOptions & StoredContextOptions = { ...options, thinkingMemory, responseStore }
  const app = new Elysia({ name: 'openai', normalize: false })
    .use(requireToken(options))
    .use(chatRoutes(shared))
    .use(responsesRoutes(shared))
    .use(inputTokensRoutes(shared))
    .use(compactRoutes(shared))
    .use(storedResponsesRoutes(shared))
  // The native lane gets the list from the upstream.
  return gateway.upstream.native === undefined
    ? app.use(openAiModelsRoutes({ ...options, models: gateway.models }, spellingsOf('/models')))
    : app
}
