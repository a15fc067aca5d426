import type { Secret } from '../../base/secret.ts'
import type { Domain } from '../../upstreams/upstream.ts'
import { isPersonalDomain } from '../words.ts'

/** The webhook for the messages about a request, and the sender that Slack shows. */
export interface SlackTarget {
  readonly webhookUrl: Secret
  /** Undefined for the webhook's own. */
  readonly channel: string | undefined
  readonly username: string
  readonly iconEmoji: string
}

/** Undefined if there are no messages. `host` is the client's `Host` header. */
export type SlackTargetOf = (host: string, domain: Domain | undefined) => SlackTarget | undefined

/** The configuration's. */
export interface GeneralSlackSettings {
  readonly webhookUrl: Secret | undefined
  readonly channel: string | undefined
  readonly username: string
  readonly iconEmoji: string
  readonly enabled: boolean
}

/** Each member of the domain's settings wins over the general one, also to silence the domain (AU-S1, AU-S2). */
export const createSlackTargetOf =
  (general: GeneralSlackSettings): SlackTargetOf =>
  (host, domain) => {
    const own = domain?.slack
    const webhookUrl = own?.webhookUrl ?? general.webhookUrl
    const isEnabled = own?.enabled ?? general.enabled
    if (webhookUrl === undefined || !isEnabled || isPersonalDomain(domain?.name ?? host)) return undefined
    return {
      webhookUrl,
      channel: own?.channel ?? general.channel,
      username: own?.username ?? general.username,
      iconEmoji: own?.iconEmoji ?? general.iconEmoji,
    }
  }
