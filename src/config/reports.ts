import { UsageError } from '../base/usage-error.ts'
import { isPrivateAddress, webhookAddress } from '../base/webhook.ts'
import type { Config } from './load.ts'

/** Throws UsageError for addresses to which reports would be sent unencrypted (AU-S5). */
export const checkReports = ({ slack, telemetry, allowHttp }: Config): void => {
  if (slack.webhookUrl !== undefined && webhookAddress(slack.webhookUrl) === undefined)
    throw new UsageError('slack.webhookUrl must be a URL that begins with https. Copy it from the settings of Slack.')
  if (telemetry.endpoint === undefined || allowHttp || isPrivateAddress(new URL(telemetry.endpoint))) return
  throw new UsageError(
    'telemetry.endpoint begins with http, so reports would be sent unencrypted. Use https; if HTTPS is not available, pass --allow-http.',
  )
}

/** The hosts that get reports, without paths: the path of a webhook is its secret (AU-S1). */
export const reportHosts = ({ slack, telemetry }: Config): { readonly slack?: string; readonly telemetry?: string } => {
  const slackHost = slack.enabled && slack.webhookUrl !== undefined ? webhookAddress(slack.webhookUrl)?.host : undefined
  return {
    ...(slackHost !== undefined && { slack: slackHost }),
    ...(telemetry.endpoint !== undefined && { telemetry: new URL(telemetry.endpoint).host }),
  }
}
