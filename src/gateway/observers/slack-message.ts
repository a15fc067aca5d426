import type { ConversationWords, RequestRecord } from '../request-record.ts'
import { firstLines } from '../words.ts'
import { allInputTokens, modelOf } from './figures.ts'
import { toToolLine } from './tool-line.ts'

/** The messages that Slack gets, in the form of the replaced system (M23, M24, M25). */

export interface SlackMessage {
  readonly text?: string
  readonly attachments: readonly Readonly<Record<string, unknown>>[]
}

/** Escapes what Slack reads as links and mentions: a prompt must not call a whole channel (AU-S3). */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const longestText = 3000
/** The end of a cut text: a part of an escaped character, or of a character of two units. */
const cutCharacter = /(?:&[a-z]*|[\uD800-\uDBFF])$/

const toText = (words: string): string => {
  const text = escaped(words)
  return text.length <= longestText ? text : `${text.slice(0, longestText).replace(cutCharacter, '')}... (truncated)`
}

/** The words of an exchange; undefined if the model said nothing. With the user's text only if it is new. */
const toBody = (words: ConversationWords, isNews: (userText: string) => boolean): string | undefined => {
  const { userText, assistantText, tools } = words
  const toolLines = tools.map(({ name, input }) => toToolLine(name, input))
  if (assistantText.trim() === '') return toolLines.length === 0 ? undefined : toolLines.join('\n')
  const answer = [`🤖 Claude: ${firstLines(assistantText)}`, ...toolLines].join('\n')
  return isNews(userText) ? `👤 User: ${userText}\n\n${answer}` : answer
}

const toSeconds = (milliseconds: number): string => String(Math.floor(milliseconds / 1000))

const unknownDomain = 'unknown'

/** The message about an exchange; undefined if there is nothing to say. */
export const toConversationMessage = (
  record: RequestRecord,
  words: ConversationWords,
  isNews: (userText: string) => boolean,
): SlackMessage | undefined => {
  const body = toBody(words, isNews)
  if (body === undefined) return undefined
  const { domain = unknownDomain, maskedKey = 'unknown', usage, at, durationMs } = record
  const tokens = usage === undefined ? [] : [`Tokens: ${allInputTokens(usage)}/${usage.output_tokens}`]
  const footer = [domain, modelOf(record), maskedKey, ...tokens].join(' | ')
  return { text: toText(body), attachments: [{ footer, ts: toSeconds(at + durationMs) }] }
}

/** The message about a failure: in our own words, because the upstream's may quote the request (AU-S4). */
export const toErrorMessage = (record: RequestRecord): SlackMessage => {
  const { requestId, domain = unknownDomain, errorReason, errorType = 'api_error', at, durationMs } = record
  const field = (title: string, value: string) => ({ title, value, short: true })
  return {
    attachments: [
      {
        color: '#ff0000',
        author_name: ':warning: Error',
        title: `Request ${requestId}`,
        text: toText(errorReason ?? errorType),
        fields: [field('Domain', domain), field('Time', new Date(at + durationMs).toISOString())],
        footer: 'Claude Code Proxy',
      },
    ],
  }
}
