import type { Upstream } from '../upstreams/upstream.ts'
import { anthropicEntrance } from './entrances/anthropic/entrance.ts'
import { chatEntrance, responsesEntrance } from './entrances/openai/entrance.ts'
import { createOpenAiEntranceOf } from './entrances/openai/paths.ts'
import type { Entrance } from './http/entrance.ts'
import type { ScopeOf } from './http/request-scope.ts'
import { targetOf } from './http/request-target.ts'
import { oauthEntrance } from './sign-in/entrance.ts'
import { isOAuthPath } from './sign-in/paths.ts'

/** Decides by the path which protocol a client speaks. */

interface EntranceOptions {
  readonly openAi?: object | undefined
  readonly signIn?: object | undefined
  readonly gateway: { readonly upstream: Pick<Upstream, 'native'> }
}

type EntranceOf = (request: Request) => Entrance

const createPlainEntranceOf = ({ openAi, gateway }: EntranceOptions): EntranceOf => {
  if (openAi === undefined) return () => anthropicEntrance
  const openAiEntranceOf = createOpenAiEntranceOf({ hasFiles: gateway.upstream.native !== undefined })
  return (request) => openAiEntranceOf(request) ?? anthropicEntrance
}

export const createEntranceOf = (options: EntranceOptions): EntranceOf => {
  const plain = createPlainEntranceOf(options)
  if (options.signIn === undefined) return plain
  return (request) => (isOAuthPath(targetOf(request.url).path) ? oauthEntrance : plain(request))
}

/** The native lane has the lists of models, and answers unknown paths of OpenAI's API itself. */
export const createIsOfOpenAi =
  ({ gateway }: EntranceOptions, scopeOf: ScopeOf) =>
  (request: Request): boolean => {
    const { entrance } = scopeOf(request)
    if (gateway.upstream.native === undefined) return entrance !== anthropicEntrance && entrance !== oauthEntrance
    return entrance === chatEntrance || entrance === responsesEntrance
  }
