import type { Issue } from '../../wire/issue.ts'

const articles: Readonly<Record<string, string>> = {
  string: 'a valid string',
  integer: 'a valid integer',
  number: 'a valid number',
  boolean: 'a valid boolean',
  array: 'a valid list',
  object: 'an object',
}

const quoted = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ')

const bounds = (minimum: number | undefined, maximum: number | undefined): string => {
  const parts = [
    minimum === undefined ? '' : `greater than or equal to ${minimum}`,
    maximum === undefined ? '' : `less than or equal to ${maximum}`,
  ]
  return parts.filter((part) => part !== '').join(' and ')
}

/** Long enough for every valid tag. */
const quotedTagCharacters = 64

const tagOf = (found: unknown): string =>
  String(typeof found === 'string' ? found : JSON.stringify(found)).slice(0, quotedTagCharacters)

/** Describes an issue with the wording of Anthropic's own API. */
export const issueSentence = (issue: Issue): string => {
  switch (issue.kind) {
    case 'required':
      return 'Field required'
    case 'unknownMember':
      return 'Extra inputs are not permitted'
    case 'type':
      return `Input should be ${issue.expected
        .split(' or ')
        .map((name) => articles[name] ?? name)
        .join(' or ')}`
    case 'tag':
      return `Input tag '${tagOf(issue.found)}' found using 'type' does not match any of the expected tags: ${quoted(issue.expected)}`
    case 'enum':
      return `Input should be ${quoted(issue.expected)}`
    case 'length':
      return issue.minimum === undefined
        ? `Length should be at most ${issue.maximum}`
        : `Length should be at least ${issue.minimum}`
    case 'range':
      return `Input should be ${bounds(issue.minimum, issue.maximum)}`
    case 'pattern':
      return 'Input has a form that is not accepted here'
  }
}

/** The same without the client's text, and shorter, for the log. */
export const issueRule = (issue: Issue): string =>
  issue.kind === 'tag' ? "Input tag found using 'type' is none of the expected ones" : issueSentence(issue)
