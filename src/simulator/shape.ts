import type { TSchema } from '@sinclair/typebox'
import type { Path } from '../base/path.ts'
import { type Fault, findFault } from '../wire/fault.ts'
import type { Refusal } from './validation.ts'

/** AWS counts list members from 1 and writes `.member` after each. */
const awsPath = (path: Path): string =>
  path.map((step) => (typeof step === 'number' ? `${step + 1}.member` : step)).join('.')

const constraintOf = (fault: Exclude<Fault, { kind: 'unknownMember' | 'type' | 'tag' }>): string => {
  switch (fault.kind) {
    case 'required':
      return 'Member must not be null'
    case 'enum':
      return `Member must satisfy enum value set: [${fault.expected.join(', ')}]`
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${fault.pattern.replace(/^\^|\$$/g, '')}`
    case 'length':
      return fault.minimum !== undefined && fault.maximum === undefined
        ? `Member must have length greater than or equal to ${fault.minimum}`
        : `Member must have length less than or equal to ${fault.maximum}`
    case 'range':
      return fault.maximum === undefined
        ? `Member must have value greater than or equal to ${fault.minimum}`
        : `Member must have value less than or equal to ${fault.maximum}`
  }
}

const sentenceOf = (fault: Fault): Refusal => {
  switch (fault.kind) {
    case 'unknownMember':
      return `Malformed input request: #${fault.path
        .slice(0, -1)
        .map((step) => `/${step}`)
        .join('')}: extraneous key [${fault.path.at(-1)}] is not permitted, please reformat your input and try again.`
    case 'type':
      return `Malformed input request: ${awsPath(fault.path)}: expected ${fault.expected}`
    case 'tag':
      return `Malformed input request: ${awsPath(fault.path)}: exactly one of [${fault.expected.join(', ')}] must be set, found [${String(fault.found)}]`
    default:
      return `1 validation error detected: Value at '${awsPath(fault.path)}' failed to satisfy constraint: ${constraintOf(fault)}`
  }
}

/** Whether a body has the shape that AWS's service model gives an operation's input. */
export const shapeRefusal = (schema: TSchema, body: unknown): Refusal | undefined => {
  const fault = findFault(schema, body)
  return fault && sentenceOf(fault)
}
