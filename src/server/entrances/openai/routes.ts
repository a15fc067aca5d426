import { Elysia } from 'elysia'
import { type DomainGuardOptions, requireToken } from '../../http/guard.ts'
import { chatRoutes } from './chat.ts'
import type { ModelCallOptions, OpenAiRoutesOptions } from './model-call.ts'
import { openAiModelsRoutes } from './models.ts'
import { responsesRoutes } from './responses.ts'
import { createThinkingMemory } from './thinking-memory.ts'

/** OpenAI's API, behind the client token. */
export const openAiRoutes = (options: OpenAiRoutesOptions & DomainGuardOptions) => {
  const { gateway, keepsThinking, date } = options
  const thinkingMemory = keepsThinking ? createThinkingMemory({ now: date }) : undefined
  const shared: ModelCallOptions = { ...options, thinkingMemory }
  const app = new Elysia({ name: 'openai', normalize: false })
    .use(requireToken(options))
    .use(chatRoutes(shared))
    .use(responsesRoutes(shared))
  // The native lane gets the list from the upstream.
  return gateway.upstream.native === undefined
    ? app.use(openAiModelsRoutes({ ...options, models: gateway.models }))
    : app
}
