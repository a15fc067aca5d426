import { createBoundedQueue } from '../../base/bounded-queue.ts'
import { setMostRecent } from '../../base/lru.ts'
import { webhookAddress } from '../../base/webhook.ts'
import { cacheHash } from '../../runtime/hash.ts'
import type { ConversationWords, RequestRecord } from '../request-record.ts'
import { isConversation } from './figures.ts'
import type { PostJson } from './post-json.ts'
import type { Report } from './report.ts'
import { type SlackMessage, toConversationMessage, toErrorMessage } from './slack-message.ts'
import type { SlackTarget } from './slack-target.ts'

/** Posts conversations and failures to Slack (AU-S). */

export interface SlackOptions {
  readonly post: PostJson
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly onLost: (reason: string) => void
}

/** About 300 KB of text. */
const mostWaiting = 100
/** Slack limits a webhook to one message a second, and keeps their order only if there is one at a time. */
const mostAtOnce = 1
/** Others wait behind it. */
const longestRetryAfterSeconds = 30
const millisecondsPerSecond = 1000

interface Post {
  readonly target: SlackTarget
  readonly message: SlackMessage
}

const toPayload = ({ target: { channel, username, iconEmoji }, message }: Post) => ({
  channel,
  username,
  icon_emoji: iconEmoji,
  ...message,
})

/** Resolves to the reason if the message does not arrive. */
const createSend =
  ({ post, sleep }: SlackOptions) =>
  async (message: Post, signal: AbortSignal): Promise<string | undefined> => {
    const url = webhookAddress(message.target.webhookUrl)?.href
    if (url === undefined) return 'invalid webhook URL'
    const payload = toPayload(message)
    const failure = await post(url, payload, signal)
    const { retryAfterSeconds } = failure ?? {}
    if (retryAfterSeconds === undefined || retryAfterSeconds > longestRetryAfterSeconds) return failure?.reason
    await sleep(retryAfterSeconds * millisecondsPerSecond, signal)
    return (await post(url, payload, signal))?.reason
  }

const internalStatus = 500
const firstFailureStatus = 400

/** Failures of the server, the upstream or the connection, also those in a stream that began with success (AU-S4). */
const isFailure = ({ outcome, status }: RequestRecord): boolean =>
  outcome === 'failed' && (status >= internalStatus || status < firstFailureStatus)

const mostDomains = 1000

/** Whether the text is another one than the domain's last one. Remembers hashes, not texts (AU-S6). */
const createNews = () => {
  const shown = new Map<string, string>()
  return (domain: string, text: string): boolean => {
    const hash = cacheHash(text)
    const isNew = shown.get(domain) !== hash
    setMostRecent(shown, domain, hash, mostDomains)
    return isNew
  }
}

export const createSlack = (options: SlackOptions): Report => {
  const queue = createBoundedQueue<Post>({
    capacity: mostWaiting,
    concurrency: mostAtOnce,
    process: createSend(options),
    onLost: options.onLost,
  })
  const isNews = createNews()

  const toMessage = (record: RequestRecord, words: ConversationWords | undefined): SlackMessage | undefined => {
    if (isFailure(record)) return toErrorMessage(record)
    const isShown = record.outcome === 'answered' && record.requestClass !== 'query_evaluation'
    if (!isShown || words === undefined || words.userText === '') return undefined
    return toConversationMessage(record, words, (text) => isNews(record.domain ?? '', text))
  }

  return {
    observe(record, words) {
      const { slack: target } = record
      if (target === undefined || !isConversation(record)) return
      const message = toMessage(record, words)
      if (message !== undefined) queue.add({ target, message })
    },
    end: queue.end,
  }
}
