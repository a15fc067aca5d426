import { parseDomainRule } from '../../base/domain-rule.ts'
import { invalidRequest, type Known } from '../../base/errors.ts'
import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Note } from '../../messages/notes.ts'
import { isCountryCode } from '../../search/country-code.ts'
import type { SearchLocation } from '../../search/search-provider.ts'
import {
  type CustomTool,
  isCustomTool,
  type MessagesRequest,
  type Tool,
  type TypedTool,
} from '../../wire/anthropic/request.ts'

/** The search tool of a request: what it allows, and the plain tool that the model gets in its place. */

export const searchToolName = 'web_search'

export interface SearchTool {
  /** In the request's tools. */
  readonly index: number
  /** Undefined: the server's limit alone counts. */
  readonly maxUses: number | undefined
  readonly allowedDomains: readonly string[]
  readonly blockedDomains: readonly string[]
  readonly location: SearchLocation | undefined
  /** The client gets the results without their text. */
  readonly excludesText: boolean
}

type WithTools = Pick<MessagesRequest, 'tools' | 'tool_choice'>

const mostDomains = 100
const searchTool = /^web_search_(\d{8})$/
/** The oldest version, and the newest one of which all fields are known. */
const [oldest, newestKnown] = [20_250_305, 20_260_318]

/** Fields that decide about searches: the model does not see them. */
const searchFields = ['type', 'max_uses', 'allowed_domains', 'blocked_domains', 'user_location', 'response_inclusion']
const toolFields = [
  ...searchFields,
  'name',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
  'strict',
  'allowed_callers',
]

const isDirect = ({ allowed_callers: callers }: TypedTool): boolean => !callers || callers.includes('direct')

/** Whether this server runs the tool: only if the model may call it itself, and nothing about it is unknown (WS-5). */
const isSearchTool = (tool: Tool): tool is TypedTool => {
  if (isCustomTool(tool)) return false
  const version = Number(searchTool.exec(tool.type)?.[1] ?? 0)
  if (version < oldest || !isDirect(tool)) return false
  return version <= newestKnown || Object.keys(tool).every((name) => toolFields.includes(name))
}

const refuse = <S extends string>(path: Path, sentence: Known<S>): never => {
  throw invalidRequest(path, sentence)
}

const checkDomain = (value: unknown, path: Path): string => {
  if (typeof value !== 'string') return refuse(path, 'Input should be a valid string')
  // A rule that is not understood would block nothing.
  if (parseDomainRule(value) === undefined)
    refuse(
      path,
      'Domains have no scheme, port, query or white space, and `*` only in the path: `example.com` or `example.com/docs`',
    )
  return value
}

/** An empty list is no list. */
const checkDomains = (value: unknown, path: Path): readonly string[] => {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return refuse(path, 'Input should be a valid list')
  if (value.length > mostDomains) refuse(path, `List should have at most ${mostDomains} items`)
  return value.map((domain, index) => checkDomain(domain, [...path, index]))
}

const checkMaxUses = (value: unknown, path: Path): number | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) return refuse(path, 'Input should be a valid integer')
  if (value < 1) refuse(path, 'Input should be greater than or equal to 1')
  return value
}

const placeFields = ['city', 'region', 'country', 'timezone'] as const

const checkLocation = (value: unknown, path: Path): SearchLocation | undefined => {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) return refuse(path, 'Input should be a valid dictionary')
  if (value['type'] !== 'approximate') refuse([...path, 'type'], "Input should be 'approximate'")
  const location: { -readonly [Name in keyof SearchLocation]: SearchLocation[Name] } = {}
  for (const name of placeFields) {
    const place = value[name] ?? undefined
    if (place !== undefined && typeof place !== 'string') refuse([...path, name], 'Input should be a valid string')
    else if (place !== undefined) location[name] = place
  }
  return location
}

const checkInclusion = (value: unknown, path: Path): boolean => {
  if (value !== undefined && value !== 'full' && value !== 'excluded')
    refuse(path, "Input should be 'full' or 'excluded'")
  return value === 'excluded'
}

const readSearchTool = (tool: TypedTool, index: number): SearchTool => {
  const members: Json = tool
  const path = ['tools', index]
  const at = <Value>(name: string, check: (value: unknown, path: Path) => Value): Value =>
    check(members[name], [...path, name])
  const allowedDomains = at('allowed_domains', checkDomains)
  const blockedDomains = at('blocked_domains', checkDomains)
  if (allowedDomains.length > 0 && blockedDomains.length > 0)
    refuse(path, 'Only one of `allowed_domains` and `blocked_domains` can be set')
  if (tool.name !== searchToolName) refuse([...path, 'name'], "Input should be 'web_search'")
  return {
    index,
    maxUses: at('max_uses', checkMaxUses),
    allowedDomains,
    blockedDomains,
    location: at('user_location', checkLocation),
    excludesText: at('response_inclusion', checkInclusion),
  }
}

/** Returns the tool if this server runs it. Throws a 400 that names the path for one that is invalid (WS-6). */
export const findSearchTool = ({ tools }: WithTools): SearchTool | undefined => {
  const index = tools?.findIndex(isSearchTool) ?? -1
  const tool = tools?.[index]
  if (!tools || tool === undefined || !isSearchTool(tool)) return undefined
  const found = readSearchTool(tool, index)
  if (tools.filter(({ name }) => name === searchToolName).length > 1) refuse(['tools'], 'Tool names must be unique.')
  return found
}

/** What searches cannot use of the tool (WS-45). */
export const notesOfSearchTool = ({ index, location }: SearchTool): Note[] => {
  const country = location?.country
  if (country === undefined || isCountryCode(country)) return []
  const path = `tools.${index}.user_location.country`
  return [{ level: 'info', path, what: 'not a code of two letters: searches are for all countries' }]
}

const plainTool = {
  name: searchToolName,
  description:
    'Searches the web. Returns the title, the address and an excerpt of each page that it finds. Use it for facts that may have changed, and for what you do not know.',
  input_schema: {
    type: 'object',
    properties: { query: { type: 'string', description: 'What to search for, in at most 400 characters.' } },
    required: ['query'],
    additionalProperties: false,
  },
} satisfies CustomTool

/** The translation notes fields that are left here (WS-10). */
const toPlainTool = (tool: Tool): CustomTool => {
  const kept = Object.entries(tool).filter(([name]) => !searchFields.includes(name))
  const { allowed_callers: callers, ...settings } = Object.fromEntries(kept) as Omit<TypedTool, 'type'>
  const isShared = callers?.some((caller) => caller !== 'direct') === true
  return { ...settings, ...(isShared && { allowed_callers: callers }), ...plainTool }
}

/** The request with a plain tool at the place of the search tool (WS-10). */
export const withPlainTool = <Request extends WithTools>(request: Request, { index }: SearchTool): Request => ({
  ...request,
  tools: request.tools?.map((tool, each) => (each === index ? toPlainTool(tool) : tool)),
})

/** The request for the calls after the first: a forced choice holds once (WS-11). */
export const withoutForcedChoice = <Request extends WithTools>(request: Request): Request => {
  const { tool_choice: choice } = request
  if (choice?.type !== 'any' && choice?.type !== 'tool') return request
  const { disable_parallel_tool_use } = choice
  return {
    ...request,
    tool_choice: { type: 'auto', ...(disable_parallel_tool_use && { disable_parallel_tool_use }) },
  }
}
