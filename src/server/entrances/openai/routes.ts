import { Elysia } from 'elysia'
import { type DomainGuardOptions, requireToken } from '../../http/guard.ts'
import { chatRoutes } from './chat.ts'
import type { OpenAiRoutesOptions } from './model-call.ts'
import { responsesRoutes } from './responses.ts'

/** OpenAI's API, behind the client token. */
export const openAiRoutes = (options: OpenAiRoutesOptions & DomainGuardOptions) =>
  new Elysia({ name: 'openai', normalize: false })
    .use(requireToken(options))
    .use(chatRoutes(options))
    .use(responsesRoutes(options))
