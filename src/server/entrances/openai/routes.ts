import { Elysia } from 'elysia'
import { type DomainGuardOptions, requireToken } from '../../http/guard.ts'
import { chatRoutes } from './chat.ts'
import type { ModelCallOptions, OpenAiRoutesOptions } from './model-call.ts'
import { responsesRoutes } from './responses.ts'
import { createThinkingMemory } from './thinking-memory.ts'

/** OpenAI's API, behind the client token. */
export const openAiRoutes = (options: OpenAiRoutesOptions & DomainGuardOptions) => {
  const thinkingMemory = options.keepsThinking ? createThinkingMemory({ now: options.date }) : undefined
  const shared: ModelCallOptions = { ...options, thinkingMemory }
  return new Elysia({ name: 'openai', normalize: false })
    .use(requireToken(options))
    .use(chatRoutes(shared))
    .use(responsesRoutes(shared))
}
