import { type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { isObject } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { findIssue, type Issue } from '../../wire/issue.ts'
import { Closed, OneOf, Open } from '../../wire/schema.ts'
import { type ChatRefusal, firstRefusalOf, listed } from './refusal.ts'
import { ChoiceObject, ChoiceWord, StopList } from './schema.ts'

/** The schema of a server's requests. */
export interface RequestShape {
  readonly members: TProperties
  readonly messages: Readonly<Record<string, TProperties>>
  /** Schema of `tool_choice` as a string, if it differs from OpenAI's three words. */
  readonly choiceWord?: TSchema
  /** The refusal of an object as `tool_choice`, if the server accepts none. */
  readonly refusedChoiceObject?: ChatRefusal
  /** Whether the server ignores unknown members, as many do. */
  readonly ignoresUnknown?: boolean
  /** The server's refusal of an unknown member. */
  readonly unknownMember?: (path: Path) => ChatRefusal
}

/** `messages[0].content`, as OpenAI writes paths. */
export const placeOf = (path: Path): string =>
  path.reduce<string>(
    (place, step) => (typeof step === 'number' ? `${place}[${step}]` : `${place}${place && '.'}${step}`),
    '',
  )

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value)

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal'
  return typeof value
}

const withArticle = (kind: string): string => {
  if (kind === 'null') return kind
  return `${/^[aio]/.test(kind) ? 'an' : 'a'} ${kind}`
}

const lengthRefusal = (issue: Extract<Issue, { kind: 'length' }>, value: unknown, param: string): ChatRefusal => {
  const { length } = value as string | unknown[]
  const kind = kindOf(value)
  if (length === 0 && kind === 'array') {
    const message = `Invalid '${param}': empty array. Expected an array with minimum length ${issue.minimum}, but got an empty array instead.`
    return { message, param, code: 'empty_array' }
  }
  const message = `Invalid '${param}': ${kind} too long. Expected ${withArticle(kind)} with maximum length ${issue.maximum}, but got ${withArticle(kind)} with length ${length} instead.`
  return { message, param, code: `${kind}_above_max_length` }
}

const rangeRefusal = ({ minimum, maximum }: Extract<Issue, { kind: 'range' }>, value: unknown, param: string) => {
  const kind = kindOf(value)
  const isBelow = minimum !== undefined && (value as number) < minimum
  const message = isBelow
    ? `Invalid '${param}': ${kind} below minimum value. Expected a value >= ${minimum}, but got ${value} instead.`
    : `Invalid '${param}': ${kind} above maximum value. Expected a value <= ${maximum}, but got ${value} instead.`
  return { message, param, code: `${kind}_${isBelow ? 'below_min' : 'above_max'}_value` }
}

const invalidValue = (found: unknown, expected: readonly string[], param: string): ChatRefusal => ({
  message: `Invalid value: '${String(found)}'. Supported values are: ${listed(expected)}.`,
  param,
  code: 'invalid_value',
})

const unknownMember = (path: Path): ChatRefusal =>
  path.length === 1
    ? { message: `Unrecognized request argument supplied: ${path[0]}` }
    : { message: `Unknown parameter: '${placeOf(path)}'.`, param: placeOf(path), code: 'unknown_parameter' }

const refusalOf = (issue: Issue, body: unknown, words: RequestShape['unknownMember']): ChatRefusal => {
  const param = placeOf(issue.path)
  const value = valueAt(body, issue.path)
  switch (issue.kind) {
    case 'required':
      if (param === 'model') return { message: 'you must provide a model parameter' }
      return { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' }
    case 'unknownMember':
      return (words ?? unknownMember)(issue.path)
    case 'type': {
      const expected =
        issue.expected === 'string or array' ? 'one of a string or array of objects' : withArticle(issue.expected)
      const message = `Invalid type for '${param}': expected ${expected}, but got ${withArticle(kindOf(value))} instead.`
      return { message, param, code: 'invalid_type' }
    }
    case 'tag':
      return invalidValue(issue.found, issue.expected, `${param}.type`)
    case 'enum':
      return invalidValue(value, issue.expected, param)
    case 'length':
      return lengthRefusal(issue, value, param)
    case 'range':
      return rangeRefusal(issue, value, param)
    case 'pattern': {
      const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${issue.pattern}'.`
      return { message, param, code: 'invalid_value' }
    }
  }
}

const Text = Type.String()

/** For a member of two kinds, the kind of the value selects the schema to check. */
const stopSchema = (value: unknown): TSchema => (Array.isArray(value) ? StopList : Text)
const choiceSchema = (value: unknown, word: TSchema): TSchema => (isObject(value) ? ChoiceObject : word)

const splitIssue = (body: Readonly<Record<string, unknown>>, shape: RequestShape): Issue | undefined => {
  const { stop, tool_choice: choice } = body
  return (
    ((stop ?? undefined) === undefined ? undefined : findIssue(stopSchema(stop), stop, ['stop'])) ??
    (choice === undefined
      ? undefined
      : findIssue(choiceSchema(choice, shape.choiceWord ?? ChoiceWord), choice, ['tool_choice']))
  )
}

const roleIssue = (message: unknown, roles: readonly string[], path: Path): Issue | undefined =>
  findIssue(Open({ role: OneOf(...roles) }), message, path)

/** Returns the refusal of a body, or undefined if the body is valid. */
export type ShapeCheck = (body: unknown) => ChatRefusal | undefined

/** Compiles the schemas of a server's requests once. */
export const createShapeCheck = (shape: RequestShape): ShapeCheck => {
  const Shape = shape.ignoresUnknown === true ? Open : Closed
  const request = Shape(shape.members)
  const roles = Object.keys(shape.messages)
  const messages = new Map<unknown, TObject>(
    Object.entries(shape.messages).map(([role, members]) => [role, Shape({ role: OneOf(role), ...members })]),
  )
  const messageIssue = (message: unknown, index: number): Issue | undefined => {
    const path = ['messages', index]
    const issue = roleIssue(message, roles, path)
    if (issue !== undefined) return issue
    const schema = messages.get((message as { role: unknown }).role)
    return schema && findIssue(schema, message, path)
  }
  return (body) => {
    const refuse = (issue: Issue | undefined): ChatRefusal | undefined =>
      issue && refusalOf(issue, body, shape.unknownMember)
    const refusal = refuse(findIssue(request, body))
    if (refusal !== undefined) return refusal
    const known = body as Readonly<Record<string, unknown>>
    if (shape.refusedChoiceObject !== undefined && isObject(known['tool_choice'])) return shape.refusedChoiceObject
    return (
      firstRefusalOf(known['messages'] as readonly unknown[], (message, index) =>
        refuse(messageIssue(message, index)),
      ) ?? refuse(splitIssue(known, shape))
    )
  }
}
