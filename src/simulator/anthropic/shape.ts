import type { TSchema } from '@sinclair/typebox'
import { isObject } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { findIssue, type Issue } from '../../wire/issue.ts'

/** The API's sentences about a body that does not match its schema. */

/** Members whose value, or whose items, the API names by their type in a path. */
const taggedMembers = ['content', 'source', 'system', 'thinking', 'tool_choice', 'tools']

/** `messages.0.content.1.text.text`: the path, with the type of each block on it. */
const taggedPath = (path: Path, body: unknown): string => {
  const steps: (string | number)[] = []
  let value: unknown = body
  let member = ''
  for (const step of path) {
    if (typeof step === 'string' && taggedMembers.includes(member) && isObject(value)) {
      steps.push(String(value['type'] ?? 'custom'))
    }
    if (typeof step === 'string') member = step
    steps.push(step)
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined
  }
  return steps.join('.')
}

const quoted = (values: readonly string[], word: string): string =>
  values
    .map((value) => `'${value}'`)
    .join(', ')
    .replace(/, ('[^']*')$/, ` ${word} $1`)

const typeNames: Readonly<Record<string, string>> = { array: 'list', object: 'dictionary' }

const lengthWords = ({ minimum, maximum }: Extract<Issue, { kind: 'length' }>, value: unknown): string => {
  const [kind, unit] = Array.isArray(value) ? ['List', 'item'] : ['String', 'character']
  const size = (value as { readonly length: number }).length
  if (minimum !== undefined && size < minimum) return `${kind} should have at least ${minimum} ${unit}`
  return `${kind} should have at most ${maximum} ${unit}s`
}

const wordsOf = (issue: Issue, value: unknown): string => {
  switch (issue.kind) {
    case 'required':
      return 'Field required'
    case 'unknownMember':
      return 'Extra inputs are not permitted'
    case 'type': {
      const [first = ''] = issue.expected.split(' or ')
      return `Input should be a valid ${typeNames[first] ?? first}`
    }
    case 'tag':
      return `Input tag '${String(issue.found)}' found using 'type' does not match any of the expected tags: ${issue.expected.map((tag) => `'${tag}'`).join(', ')}`
    case 'enum':
      return `Input should be ${quoted(issue.expected, 'or')}`
    case 'length':
      return lengthWords(issue, value)
    case 'range':
      return issue.minimum !== undefined && (value as number) < issue.minimum
        ? `Input should be greater than or equal to ${issue.minimum}`
        : `Input should be less than or equal to ${issue.maximum}`
    case 'pattern':
      return `String should match pattern '${issue.pattern}'`
  }
}

const valueAt = (body: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], body)

/** Returns the API's words, or undefined if the body matches the schema. The body of invalid JSON is undefined. */
export const shapeRefusal = (schema: TSchema, body: unknown): string | undefined => {
  if (!isObject(body)) return 'The request body is not valid JSON.'
  const issue = findIssue(schema, body)
  if (issue === undefined) return undefined
  const isEmptyConversation = issue.kind === 'length' && issue.path.join('.') === 'messages'
  if (isEmptyConversation) return 'messages: at least one message is required'
  return `${taggedPath(issue.path, body)}: ${wordsOf(issue, valueAt(body, issue.path))}`
}
