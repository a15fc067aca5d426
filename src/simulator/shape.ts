import type { TSchema } from '@sinclair/typebox'
import type { Path } from '../base/path.ts'
import { findIssue, type Issue } from '../wire/issue.ts'
import type { Refusal } from './rule.ts'

/** AWS counts list members from 1 and writes `.member` after each. */
const awsPath = (path: Path): string =>
  path.map((step) => (typeof step === 'number' ? `${step + 1}.member` : step)).join('.')

const constraintOf = (issue: Exclude<Issue, { kind: 'unknownMember' | 'type' | 'tag' }>): string => {
  switch (issue.kind) {
    case 'required':
      return 'Member must not be null'
    case 'enum':
      return `Member must satisfy enum value set: [${issue.expected.join(', ')}]`
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${issue.pattern.replace(/^\^|\$$/g, '')}`
    case 'length':
      return issue.minimum !== undefined && issue.maximum === undefined
        ? `Member must have length greater than or equal to ${issue.minimum}`
        : `Member must have length less than or equal to ${issue.maximum}`
    case 'range':
      return issue.maximum === undefined
        ? `Member must have value greater than or equal to ${issue.minimum}`
        : `Member must have value less than or equal to ${issue.maximum}`
  }
}

const sentenceOf = (issue: Issue): Refusal => {
  switch (issue.kind) {
    case 'unknownMember':
      return `Malformed input request: #${issue.path
        .slice(0, -1)
        .map((step) => `/${step}`)
        .join('')}: extraneous key [${issue.path.at(-1)}] is not permitted, please reformat your input and try again.`
    case 'type':
      return `Malformed input request: ${awsPath(issue.path)}: expected ${issue.expected}`
    case 'tag':
      return `Malformed input request: ${awsPath(issue.path)}: exactly one of [${issue.expected.join(', ')}] must be set, found [${String(issue.found)}]`
    default:
      return `1 validation error detected: Value at '${awsPath(issue.path)}' failed to satisfy constraint: ${constraintOf(issue)}`
  }
}

/** Checks a body against the schema of an operation's input in AWS's service model. */
export const shapeRefusal = (schema: TSchema, body: unknown): Refusal | undefined => {
  const issue = findIssue(schema, body)
  return issue && sentenceOf(issue)
}
