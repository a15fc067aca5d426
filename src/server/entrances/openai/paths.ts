import { attempt } from '../../../base/attempt.ts'
import type { Entrance } from '../../http/entrance.ts'
import { targetOf } from '../../http/request-target.ts'
import { chatEntrance, openAiEntrance, responsesEntrance } from './entrance.ts'
import { isUnsupported } from './unsupported.ts'

/** The paths of OpenAI's protocol: each with and without its prefix, which users forget (OE-T1). */

const prefixes = ['', '/v1', '/openai/v1', '/openai'] as const

/** Every spelling of a path of the API, such as `/chat/completions`. */
export const spellingsOf = (path: string): readonly string[] => prefixes.map((prefix) => prefix + path)

/** Also with `/v1` twice: the error then names the fault. */
const served = /^(?:\/openai)?(?:\/v1)*\/(chat\/completions|responses|models)(?=\/|$)/

const startsWith = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/**
 * The path that a client may mean with escapes, upper case or surplus slashes. The router is strict and does not know
 * such a path: this decides only whether it needs a token, and the format of its error.
 */
const comparable = (path: string): string =>
  (attempt(() => decodeURIComponent(path)) ?? path).toLowerCase().replace(/\/{2,}/g, '/')

export interface OpenAiPathOptions {
  /** Whether `/v1/files` belongs to the upstream's own protocol (AU-P5). */
  readonly hasFiles: boolean
}

/** The plain spellings, which nearly every request has: they need no pattern. */
const plainPaths = (): ReadonlyMap<string, Entrance | undefined> =>
  new Map([
    ...spellingsOf('/chat/completions').map((path) => [path, chatEntrance] as const),
    ...spellingsOf('/responses').map((path) => [path, responsesEntrance] as const),
    ['/v1/messages', undefined],
    ['/v1/messages/count_tokens', undefined],
  ])

/** Finds the entrance of a request; undefined for a path that is not OpenAI's. */
export const createOpenAiEntranceOf = ({ hasFiles }: OpenAiPathOptions) => {
  const plain = plainPaths()
  return ({ url, headers }: Request): Entrance | undefined => {
    const sent = targetOf(url).path
    if (plain.has(sent)) return plain.get(sent)
    const path = comparable(sent)
    const name = served.exec(path)?.[1]
    if (name === 'chat/completions') return chatEntrance
    if (name === 'responses') return responsesEntrance
    // Both protocols have this path. Anthropic's clients send the header (OE-E14).
    if (startsWith(path, '/v1/models') && headers.has('anthropic-version')) return undefined
    if (hasFiles && startsWith(path, '/v1/files')) return undefined
    return name !== undefined || isUnsupported(path) || startsWith(path, '/openai') ? openAiEntrance : undefined
  }
}
