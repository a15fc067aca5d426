import type { Entrance } from '../../http/entrance.ts'
import { targetOf } from '../../http/request-target.ts'
import { chatEntrance, responsesEntrance } from './entrance.ts'

/** The paths of OpenAI's protocol: each with and without its prefix, which users forget (OE-T1). */

const prefixes = ['', '/v1', '/openai/v1', '/openai'] as const

/** Every spelling of a path of the API, such as `/chat/completions`. */
export const spellingsOf = (path: string): readonly string[] => prefixes.map((prefix) => prefix + path)

const pattern = /^(?:\/openai)?(?:\/v1)?\/(chat\/completions|responses)(?:\/|$)/

/** The entrance of a path, or undefined for a path of another one. */
export const openAiEntranceOf = ({ url }: Request): Entrance | undefined => {
  const path = targetOf(url).path
  const name = pattern.exec(path)?.[1]
  if (name === 'responses') return responsesEntrance
  return name === undefined && !path.startsWith('/openai/') ? undefined : chatEntrance
}
