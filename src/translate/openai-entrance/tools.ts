import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { CustomTool, Tool } from '../../wire/anthropic/request.ts'
import type { ToolIdentity } from './answer-plan.ts'
import { toCacheControl } from './cache-control.ts'
import type { OpenAiContext } from './context.ts'
import { customInputName } from './custom-input.ts'
import { booleanAt, objectAt, textAt } from './members.ts'
import { refusal } from './refusal.ts'
import { toInputSchema } from './tool-schema.ts'

/** A tool in the canonical form, and how its calls are written back. */
export interface TranslatedTool {
  readonly tool: Tool
  readonly identity: ToolIdentity
}

const textInstruction = `Give the whole text as the string "${customInputName}".`
const textSchema = {
  type: 'object',
  properties: { [customInputName]: { type: 'string' } },
  required: [customInputName],
}

/** Members of a tool that have the same name in Anthropic's form. */
const toolSettings = ['defer_loading', 'eager_input_streaming'] as const

const nameOf = (members: Json, path: Path): string => {
  const name = textAt(members, 'name', path)
  if (name !== undefined && name !== '') return name
  throw refusal('invalid_value', [...path, 'name'], 'expected the name of the tool')
}

/** The members that function tools and custom tools share. `holder` has the type and the cache marker. */
const settingsOf = (holder: Json, members: Json, path: Path, memberPath: Path): Partial<CustomTool> => {
  const marker = toCacheControl(holder, path) ?? toCacheControl(members, memberPath)
  const settings: Partial<CustomTool> = {}
  for (const name of toolSettings) {
    const value = booleanAt(members, name, memberPath) ?? booleanAt(holder, name, path)
    if (value !== undefined) settings[name] = value
  }
  if (marker !== undefined) settings.cache_control = marker
  return settings
}

const toFunctionTool = (holder: Json, path: Path, context: OpenAiContext): TranslatedTool => {
  const nested = objectAt(holder, 'function', path)
  const members = nested ?? holder
  const memberPath = nested === undefined ? path : [...path, 'function']
  const name = nameOf(members, memberPath)
  const description = textAt(members, 'description', memberPath)
  const parameters = objectAt(members, 'parameters', memberPath)
  const tool: CustomTool = {
    name,
    ...(description !== undefined && { description }),
    input_schema: toInputSchema(parameters, [...memberPath, 'parameters'], context.notes),
    ...(booleanAt(members, 'strict', memberPath) === true && { strict: true }),
    ...settingsOf(holder, members, path, memberPath),
  }
  return { tool, identity: { kind: 'function', name } }
}

/** The grammar in full: the model must know it, because no upstream enforces it. */
const grammarOf = (members: Json, path: Path): string | undefined => {
  const format = objectAt(members, 'format', path)
  if (format?.['type'] !== 'grammar') return undefined
  const formatPath = [...path, 'format']
  const nested = objectAt(format, 'grammar', formatPath)
  const grammar = nested ?? format
  const grammarPath = nested === undefined ? formatPath : [...formatPath, 'grammar']
  const definition = textAt(grammar, 'definition', grammarPath) ?? ''
  return `The text must match this ${textAt(grammar, 'syntax', grammarPath) ?? 'formal'} grammar:\n${definition}`
}

const toTextTool = (holder: Json, path: Path): TranslatedTool => {
  const nested = objectAt(holder, 'custom', path)
  const members = nested ?? holder
  const memberPath = nested === undefined ? path : [...path, 'custom']
  const name = nameOf(members, memberPath)
  const texts = [textAt(members, 'description', memberPath), textInstruction, grammarOf(members, memberPath)]
  const tool: CustomTool = {
    name,
    description: texts.filter((text) => text !== undefined && text !== '').join('\n\n'),
    input_schema: textSchema,
    ...settingsOf(holder, members, path, memberPath),
  }
  return { tool, identity: { kind: 'custom', name } }
}

/** `bash_20250124`, `web_search_20250305`: a tool whose schema Anthropic defines. */
const typedTool = /_\d{8}$/

/** A tool that already has the canonical form (OE-C23). */
const toCanonicalTool = (definition: Json, path: Path): TranslatedTool | undefined => {
  const type = textAt(definition, 'type', path)
  const isTyped = type !== undefined && typedTool.test(type)
  if (!isTyped && !isObject(definition['input_schema'])) return undefined
  const name = isTyped ? (textAt(definition, 'name', path) ?? '') : nameOf(definition, path)
  const { cache_control: _marker, ...members } = definition
  const marker = toCacheControl(definition, path)
  const tool = { ...members, ...(marker !== undefined && { cache_control: marker }) } as Tool
  return { tool, identity: { kind: 'function', name } }
}

/**
 * Translates the definition of a tool: a function or a custom tool, nested as in Chat Completions or flat as in
 * Responses, or a tool in Anthropic's form (OE-C23, OE-C50, OE-C51). Throws a 400 that names the path.
 */
export const toTool = (definition: unknown, path: Path, context: OpenAiContext): TranslatedTool => {
  if (!isObject(definition)) throw refusal('invalid_value', path, 'expected an object')
  const canonical = toCanonicalTool(definition, path)
  if (canonical !== undefined) return canonical
  const type = textAt(definition, 'type', path) ?? 'function'
  if (type === 'function') return toFunctionTool(definition, path, context)
  if (type === 'custom') return toTextTool(definition, path)
  throw refusal('unsupported_value', [...path, 'type'], 'this type of tool is not supported')
}

/** Throws a 400 for the second tool of a name. `path`: of the list. */
export const checkToolNames = (tools: readonly Tool[], path: Path): void => {
  const names = new Set<string>()
  for (const [index, { name }] of tools.entries()) {
    if (name === undefined) continue
    if (names.has(name)) throw refusal('invalid_value', [...path, index], 'a tool before it has the same name')
    names.add(name)
  }
}
