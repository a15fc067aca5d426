import { attempt } from '../../../base/attempt.ts'
import { dotted } from '../../../base/errors.ts'
import { Secret } from '../../../base/secret.ts'
import { CredentialsFile } from '../../../wire/anthropic/credentials-file.ts'
import { createCheck } from '../../../wire/check.ts'
import { findIssue, type Issue } from '../../../wire/issue.ts'
import type { SlackSettings } from '../../upstream.ts'
import { type OAuthGrant, toGrant } from './oauth/grant.ts'

/** Reads the text of a file of credentials. Pure. */

export interface DomainFile {
  readonly credential:
    | { readonly type: 'api_key'; readonly keys: readonly Secret[] }
    | { readonly type: 'oauth'; readonly grant: OAuthGrant }
  readonly clientKey?: Secret
  readonly slack?: SlackSettings
}

/** What is wrong with a file, in words without any of its values. */
export interface InvalidFile {
  readonly problem: string
}

const articles: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

const toProblem = (issue: Issue): string => {
  if (issue.kind === 'tag') return `type is not ${issue.expected.join(' or ')}`
  const name = issue.path.length === 0 ? 'the file' : dotted(issue.path)
  switch (issue.kind) {
    case 'required':
      return `${name} is missing`
    case 'type':
      return `${name} is not ${articles[issue.expected] ?? issue.expected}`
    case 'length':
      return `${name} is empty`
    case 'pattern':
      return `${name} has a character that is not valid in a header`
    case 'enum':
    case 'range':
    case 'unknownMember':
      return `${name} is not valid`
  }
}

const isCredentialsFile = createCheck(CredentialsFile)

const keysOf = ({ api_key, api_keys }: Extract<CredentialsFile, { type: 'api_key' }>): readonly string[] =>
  api_keys ?? (typeof api_key === 'string' ? [api_key] : [])

const toCredential = (file: CredentialsFile): DomainFile['credential'] | InvalidFile => {
  if (file.type === 'oauth') {
    const grant = toGrant(file.oauth)
    return grant === undefined ? { problem: 'oauth.accessToken is missing' } : { type: 'oauth', grant }
  }
  const keys = keysOf(file)
  if (keys.length === 0) return { problem: 'api_key is missing' }
  if (typeof file.api_key === 'string' && file.api_keys) return { problem: 'api_key and api_keys are both present' }
  return { type: 'api_key', keys: keys.map((key) => new Secret(key)) }
}

/** An empty text is like an absent one, as in the replaced system: the general setting counts. */
const toSlack = (slack: NonNullable<CredentialsFile['slack']>): SlackSettings => {
  const { webhook_url: url, channel, username, icon_emoji: iconEmoji, enabled } = slack
  return {
    ...(url && { webhookUrl: new Secret(url) }),
    ...(channel && { channel }),
    ...(username && { username }),
    ...(iconEmoji && { iconEmoji }),
    ...(enabled != null && { enabled }),
  }
}

/** Some editors on Windows begin a file with a byte order mark. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '')

/** Unknown members are valid. */
export const parseDomainFile = (text: string): DomainFile | InvalidFile => {
  const value: unknown = attempt(() => JSON.parse(withoutMark(text)))
  if (value === undefined) return { problem: 'the file is not JSON' }
  if (!isCredentialsFile(value)) {
    const issue = findIssue(CredentialsFile, value)
    return { problem: issue === undefined ? 'the file is not valid' : toProblem(issue) }
  }
  const credential = toCredential(value)
  if ('problem' in credential) return credential
  const { client_api_key: clientKey, slack } = value
  return {
    credential,
    ...(clientKey != null && { clientKey: new Secret(clientKey) }),
    ...(slack && { slack: toSlack(slack) }),
  }
}
