import { parseExact } from '../../base/exact-json.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'

/** A tool call that a model wrote as text. */
export interface TextToolCall {
  readonly name: string
  /** JSON text of an object. */
  readonly arguments: string
}

type Schemas = ReadonlyMap<string, Json>

/** The beginning of each notation. */
export const textToolCallStarts = ['<tool_call>', '<function=', '<|start|>assistant', '<|channel|>'] as const

/** The text between two marks, and what follows the second one; undefined unless the text begins with the first one. */
const between = (text: string, open: string, close: string): { inner: string; rest: string } | undefined => {
  if (!text.startsWith(open)) return undefined
  const end = text.indexOf(close, open.length)
  return end === -1 ? undefined : { inner: text.slice(open.length, end), rest: text.slice(end + close.length) }
}

interface Parsed {
  readonly call: TextToolCall
  readonly rest: string
}

/** The text without the line break next to each tag. */
const withoutLineBreaks = (text: string): string => text.replace(/^\r?\n/, '').replace(/\r?\n$/, '')

/** A value written as text: a string if the tool's schema says so, otherwise JSON if it is valid JSON. */
const toValue = (text: string, schema: unknown): unknown => {
  if (isObject(schema) && schema['type'] === 'string') return text
  try {
    return parseExact(text)
  } catch {
    return text
  }
}

const toArguments = (pairs: readonly (readonly [string, string])[], schema: Json | undefined): string => {
  const properties = isObject(schema?.['properties']) ? schema['properties'] : {}
  return JSON.stringify(Object.fromEntries(pairs.map(([name, text]) => [name, toValue(text, properties[name])])))
}

/** `{"name": "Read", "arguments": {...}}`, as Hermes and Qwen write it. */
const parseJsonCall = (text: string): TextToolCall | undefined => {
  const call = parseObject(text, parseExact)
  const given = call?.['arguments'] ?? call?.['parameters'] ?? {}
  const input = typeof given === 'string' ? parseObject(given, parseExact) : given
  return typeof call?.['name'] === 'string' && isObject(input)
    ? { name: call['name'], arguments: JSON.stringify(input) }
    : undefined
}

/** `<function=Read><parameter=path>a.ts</parameter></function>`, as Qwen3-Coder writes it. */
const parseFunction = (text: string, schemas: Schemas): Parsed | undefined => {
  const call = between(text, '<function=', '</function>')
  const nameEnd = call?.inner.indexOf('>') ?? -1
  if (call === undefined || nameEnd === -1) return undefined
  const name = call.inner.slice(0, nameEnd).trim()
  const pairs: [string, string][] = []
  let rest = call.inner.slice(nameEnd + 1).trim()
  while (rest !== '') {
    const parameter = between(rest, '<parameter=', '</parameter>')
    const end = parameter?.inner.indexOf('>') ?? -1
    if (parameter === undefined || end === -1) return undefined
    pairs.push([parameter.inner.slice(0, end).trim(), withoutLineBreaks(parameter.inner.slice(end + 1))])
    rest = parameter.rest.trim()
  }
  return { call: { name, arguments: toArguments(pairs, schemas.get(name)) }, rest: call.rest }
}

/** `Read<arg_key>path</arg_key><arg_value>a.ts</arg_value>`, as GLM writes it. */
const parseKeysAndValues = (text: string, schemas: Schemas): TextToolCall | undefined => {
  const nameEnd = text.indexOf('<arg_key>')
  const name = (nameEnd === -1 ? text : text.slice(0, nameEnd)).trim()
  const pairs: [string, string][] = []
  let rest = nameEnd === -1 ? '' : text.slice(nameEnd)
  while (rest !== '') {
    const key = between(rest, '<arg_key>', '</arg_key>')
    const value = between(key?.rest.trimStart() ?? '', '<arg_value>', '</arg_value>')
    if (key === undefined || value === undefined) return undefined
    pairs.push([key.inner.trim(), withoutLineBreaks(value.inner)])
    rest = value.rest.trim()
  }
  return { name, arguments: toArguments(pairs, schemas.get(name)) }
}

const parseToolCall = (text: string, schemas: Schemas): Parsed | undefined => {
  const tagged = between(text, '<tool_call>', '</tool_call>')
  if (tagged === undefined) return undefined
  const inner = tagged.inner.trim()
  const written = parseFunction(inner, schemas)
  const call = parseJsonCall(inner) ?? (written?.rest.trim() === '' ? written.call : parseKeysAndValues(inner, schemas))
  return call === undefined ? undefined : { call, rest: tagged.rest }
}

const addressee = /\bto=(?:functions\.)?([\w.-]+)/

/** `<|channel|>commentary to=functions.Read <|constrain|>json<|message|>{...}<|call|>`, as gpt-oss writes it. */
const parseHarmony = (text: string): Parsed | undefined => {
  const start = text.startsWith('<|start|>assistant') ? text.slice('<|start|>assistant'.length) : text
  const header = between(start, '', '<|message|>')
  const [, name] = addressee.exec(header?.inner ?? '') ?? []
  if (header === undefined || name === undefined) return undefined
  const call = between(header.rest, '', '<|call|>') ?? { inner: header.rest, rest: '' }
  const input = parseObject(call.inner, parseExact)
  return input && { call: { name, arguments: JSON.stringify(input) }, rest: call.rest }
}

const parseOne = (text: string, schemas: Schemas): Parsed | undefined =>
  parseToolCall(text, schemas) ?? parseFunction(text, schemas) ?? parseHarmony(text)

/** The calls in a text; undefined if it has anything else, or a tool that the request does not offer. */
export const parseTextToolCalls = (text: string, offeredTools: Schemas): TextToolCall[] | undefined => {
  const calls: TextToolCall[] = []
  for (let rest = text.trim(); rest !== ''; ) {
    const parsed = parseOne(rest, offeredTools)
    if (parsed === undefined || !offeredTools.has(parsed.call.name)) return undefined
    calls.push(parsed.call)
    rest = parsed.rest.trim()
  }
  return calls
}
