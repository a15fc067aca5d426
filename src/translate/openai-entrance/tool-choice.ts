import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Tool, ToolChoice } from '../../wire/anthropic/request.ts'
import type { ToolIdentity } from './answer-plan.ts'
import type { OpenAiContext } from './context.ts'
import { listAt, objectAt, textAt } from './members.ts'
import { refusal } from './refusal.ts'

/** The tools that a choice is about. */
export interface OfferedTools {
  readonly tools: readonly Tool[]
  /** By the tool's canonical name; a tool that is absent is a function of the same name. */
  readonly identities: ReadonlyMap<string, ToolIdentity>
  /** The types of tools that the request has, and the model does not get. */
  readonly leftOut?: ReadonlySet<unknown>
}

export interface ChoiceRequest {
  /** The member's value, and its path. */
  readonly choice: unknown
  readonly path: Path
  /** `parallel_tool_calls: false`. */
  readonly isOneAtATime: boolean
}

export interface TranslatedChoice {
  readonly toolChoice: ToolChoice | undefined
  /** Fewer tools than before if the client allows only some of them. */
  readonly tools: readonly Tool[]
}

type Mode = Exclude<ToolChoice, { type: 'tool' }>['type']

/** The words of OpenAI and of Anthropic for a choice that names no tool. */
const modes: ReadonlyMap<string, Mode> = new Map([
  ['none', 'none'],
  ['auto', 'auto'],
  ['required', 'any'],
  ['any', 'any'],
])

const modeOf = (word: unknown, path: Path): Mode => {
  const mode = typeof word === 'string' ? modes.get(word) : undefined
  if (mode === undefined) throw refusal('invalid_value', path, "expected 'none', 'auto', 'required' or a tool")
  return mode
}

/** The tool's name in an object that names it: nested under its type, or flat. */
const nameIn = (named: Json, path: Path): string => {
  for (const type of ['function', 'custom'] as const) {
    const nested = isObject(named[type]) ? named[type] : undefined
    const name = nested === undefined ? undefined : textAt(nested, 'name', [...path, type])
    if (name !== undefined) return name
  }
  // Hosted tools have a type and no name: their functions have the type's name.
  const name = textAt(named, 'name', path) ?? textAt(named, 'type', path)
  if (name === undefined) throw refusal('invalid_value', [...path, 'name'], 'expected the name of a tool')
  return name
}

/** The canonical name of the tool that an object names. Throws a 400 if the request does not offer it. */
const toolNamed = (named: unknown, path: Path, { tools, identities }: OfferedTools): string => {
  if (!isObject(named)) throw refusal('invalid_value', path, 'expected an object that names a tool')
  const name = nameIn(named, path)
  const namespace = textAt(named, 'namespace', path) || undefined
  const isNamed = (tool: Tool): boolean => {
    const identity = identities.get(tool.name ?? '')
    if (identity === undefined) return tool.name === name && namespace === undefined
    return identity.name === name && (namespace === undefined || identity.namespace === namespace)
  }
  const direct = namespace === undefined ? tools.find((tool) => tool.name === name) : undefined
  const found = direct ?? tools.find(isNamed)
  if (found?.name === undefined) throw refusal('invalid_value', path, 'the request offers no such tool')
  return found.name
}

const forced = (name: string): ToolChoice => ({ type: 'tool', name })

/** Its definition already has a note. */
const isLeftOut = (named: unknown, { leftOut }: OfferedTools): boolean =>
  isObject(named) && leftOut?.has(named['type']) === true

/** A subset of the tools. One required tool is forced with all tools left in: the prompt's prefix stays (OE-C52). */
const toAllowed = (choice: Json, path: Path, offered: OfferedTools, { notes }: OpenAiContext): TranslatedChoice => {
  const nested = objectAt(choice, 'allowed_tools', path)
  const members = nested ?? choice
  const memberPath = nested === undefined ? path : [...path, 'allowed_tools']
  const listPath = [...memberPath, 'tools']
  const names = new Set(
    (listAt(members, 'tools', memberPath) ?? []).flatMap((named, index) =>
      isLeftOut(named, offered) ? [] : [toolNamed(named, [...listPath, index], offered)],
    ),
  )
  const mode = modeOf(members['mode'] ?? 'auto', [...memberPath, 'mode'])
  const [only] = names
  if (only === undefined) throw refusal('invalid_value', listPath, 'expected at least one tool')
  if (mode === 'any' && names.size === 1) return { toolChoice: forced(only), tools: offered.tools }
  const tools = offered.tools.filter(({ name }) => name !== undefined && names.has(name))
  if (tools.length === offered.tools.length) return { toolChoice: { type: mode }, tools }
  notes.changed(listPath, 'the other tools are left out: the prompt cache is written again')
  return { toolChoice: { type: mode }, tools }
}

const toChoice = (choice: unknown, path: Path, offered: OfferedTools, context: OpenAiContext): TranslatedChoice => {
  const { tools } = offered
  if (typeof choice === 'string') return { toolChoice: { type: modeOf(choice, path) }, tools }
  if (!isObject(choice)) throw refusal('invalid_value', path, "expected 'none', 'auto', 'required' or a tool")
  const type = choice['type']
  if (type === 'allowed_tools') return toAllowed(choice, path, offered, context)
  if (typeof type === 'string' && modes.has(type)) return { toolChoice: { type: modeOf(type, path) }, tools }
  return { toolChoice: forced(toolNamed(choice, path, offered)), tools }
}

const isForced = (choice: unknown): boolean => {
  const word = isObject(choice) ? choice['type'] : choice
  if (word !== 'allowed_tools' || !isObject(choice)) return word !== 'none' && word !== 'auto'
  const nested = isObject(choice['allowed_tools']) ? choice['allowed_tools'] : choice
  return nested['mode'] === 'required'
}

const limited = (choice: ToolChoice | undefined): ToolChoice =>
  choice?.type === 'none' ? choice : { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }

/** Anthropic's own choice has the limit as a member. */
const hasLimit = (choice: unknown): boolean => isObject(choice) && choice['disable_parallel_tool_use'] === true

/** Translates the choice of a tool (OE-C52). Throws a 400 for a tool that the request does not offer. */
export const toToolChoice = (
  { choice: requested, path, isOneAtATime }: ChoiceRequest,
  offered: OfferedTools,
  context: OpenAiContext,
): TranslatedChoice => {
  const choice = requested ?? undefined
  const { tools } = offered
  if (tools.length === 0) {
    if (choice === undefined) return { toolChoice: undefined, tools }
    if (isForced(choice)) throw refusal('invalid_value', path, 'the request offers no tools')
    context.notes.dropped(path, 'there is no tool to choose')
    return { toolChoice: undefined, tools }
  }
  const translated = choice === undefined ? { toolChoice: undefined, tools } : toChoice(choice, path, offered, context)
  if (!isOneAtATime && !hasLimit(choice)) return translated
  return { ...translated, toolChoice: limited(translated.toolChoice) }
}
