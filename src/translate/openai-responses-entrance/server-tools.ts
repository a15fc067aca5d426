import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { TypedTool } from '../../wire/anthropic/request.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { booleanAt, countAt, listAt, objectAt, textAt } from '../openai-entrance/members.ts'

/** Tools that OpenAI's servers run (OE-R26). */

const webSearch = /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/

const others =
  /^(?:computer(?:_use)?(?:_preview)?|file_search|code_interpreter|image_generation|mcp|programmatic_tool_calling)$/

/** Commands in a container run on OpenAI's computers. */
const usesContainer = (definition: Json, path: Path): boolean => {
  const environment = objectAt(definition, 'environment', path) ?? {}
  return textAt(environment, 'type', [...path, 'environment'])?.startsWith('container') === true
}

export const isServerTool = (definition: Json, path: Path): boolean => {
  const type = textAt(definition, 'type', path) ?? ''
  if (type === 'tool_search') return textAt(definition, 'execution', path) !== 'client'
  if (type === 'shell') return usesContainer(definition, path)
  return webSearch.test(type) || others.test(type)
}

/** Anthropic's web search in place of OpenAI's; undefined for other tools, and where the upstream does not search. */
export const toWebSearch = (
  definition: Json,
  path: Path,
  { searchesWeb, notes }: OpenAiContext,
  body: Json,
): (TypedTool & { readonly name: string }) | undefined => {
  const isSearch = webSearch.test(textAt(definition, 'type', path) ?? '')
  // Without access to the web, OpenAI searches its own copies of pages.
  if (!isSearch || !searchesWeb || booleanAt(definition, 'external_web_access', path) === false) return undefined
  const filters = objectAt(definition, 'filters', path) ?? {}
  const domainsAt = (name: 'allowed_domains' | 'blocked_domains'): object => {
    const domains = listAt(filters, name, [...path, 'filters']) ?? []
    return domains.length > 0 ? { [name]: domains } : {}
  }
  const maximumCalls = countAt(body, 'max_tool_calls', [], { minimum: 1 })
  const location = objectAt(definition, 'user_location', path)
  if ((definition['search_context_size'] ?? 'medium') !== 'medium')
    notes.changed([...path, 'search_context_size'], 'the search has no sizes')
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(maximumCalls !== undefined && { max_uses: maximumCalls }),
    ...domainsAt('allowed_domains'),
    ...domainsAt('blocked_domains'),
    ...(location !== undefined && { user_location: { ...location, type: 'approximate' } }),
  }
}
