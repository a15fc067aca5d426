import { logLevels } from '../../base/logger.ts'
import type { Setting } from './setting.ts'

export const loggingSettings = [
  {
    key: 'logging.format',
    flag: 'log-format',
    environment: ['NEXUS_LOG_FORMAT'],
    type: { kind: 'choice', options: ['text', 'json', 'json-snake'] },
    default: 'text',
    description: 'Write the log in this format',
    details: '[What it contains](logging.md). `json-snake` has the names of claude-code-proxy-api.',
  },
  {
    key: 'logging.level',
    flag: 'log-level',
    environment: ['NEXUS_LOG_LEVEL'],
    upstreamEnvironment: { openai: ['DEBUG', 'LOG_LEVEL'], anthropic: ['DEBUG', 'LOG_LEVEL'] },
    switches: { DEBUG: 'debug' },
    type: { kind: 'choice', options: logLevels, synonyms: { warning: 'warn', critical: 'error' } },
    default: 'info',
    description: 'Log events of this level and above',
    details: '`DEBUG` stands for `debug`, unless its value is `false` or `0`.',
  },
  {
    key: 'logging.file',
    flag: 'log-file',
    environment: ['NEXUS_LOG_FILE'],
    type: { kind: 'text' },
    description: 'Also write the log to this file',
    details:
      'Only you can read it. The server rotates it at the start if it is larger than 10 MB, and keeps three files ([how](logging.md#the-file)).',
    hint: 'file',
  },
  {
    key: 'logging.clientIp',
    environment: ['NEXUS_LOG_CLIENT_IP'],
    type: { kind: 'switch' },
    default: false,
    description: 'Log the addresses of clients',
  },
  {
    key: 'logging.userAgent',
    environment: ['NEXUS_LOG_USER_AGENT'],
    type: { kind: 'switch' },
    default: false,
    description: 'Log the programs that clients name',
    details: 'The first word of `User-Agent`, at most 64 characters.',
  },
] as const satisfies readonly Setting[]

/** A day. */
const maximumReportSeconds = 86_400

/** Reports to the people who run a server for others (AU-U, AU-S, AU-Y). All are off by default. */
export const reportSettings = [
  {
    key: 'statsInterval',
    flag: 'stats-interval',
    environment: ['NEXUS_STATS_INTERVAL'],
    upstreamEnvironment: { anthropic: ['TOKEN_STATS_INTERVAL'] },
    type: { kind: 'number', minimum: 0, maximum: maximumReportSeconds, integer: true },
    default: 0,
    description: 'Print a table of used tokens every so many seconds; 0 for never',
    hint: 'seconds',
  },
  {
    key: 'slack.webhookUrl',
    environment: ['NEXUS_SLACK_WEBHOOK_URL', 'NEXUS_SLACK_WEBHOOK_URL_FILE'],
    upstreamEnvironment: { anthropic: ['SLACK_WEBHOOK_URL'] },
    type: { kind: 'secret' },
    description: 'Send the words of conversations to this Slack webhook',
    details: 'It must begin with `https`. [What Slack gets](upstreams/anthropic.md#slack).',
    hint: 'url',
  },
  {
    key: 'slack.channel',
    environment: ['NEXUS_SLACK_CHANNEL'],
    upstreamEnvironment: { anthropic: ['SLACK_CHANNEL'] },
    type: { kind: 'text' },
    description: "Post to this Slack channel instead of the webhook's own",
    hint: 'channel',
  },
  {
    key: 'slack.username',
    environment: ['NEXUS_SLACK_USERNAME'],
    upstreamEnvironment: { anthropic: ['SLACK_USERNAME'] },
    type: { kind: 'text' },
    default: 'Claude Nexus Proxy',
    description: 'Post to Slack under this name',
    hint: 'name',
  },
  {
    key: 'slack.iconEmoji',
    environment: ['NEXUS_SLACK_ICON_EMOJI'],
    upstreamEnvironment: { anthropic: ['SLACK_ICON_EMOJI'] },
    type: { kind: 'text' },
    default: ':robot_face:',
    description: 'Post to Slack with this icon',
    hint: 'emoji',
  },
  {
    key: 'slack.enabled',
    environment: ['NEXUS_SLACK_ENABLED'],
    upstreamEnvironment: { anthropic: ['SLACK_ENABLED'] },
    type: { kind: 'switch' },
    default: true,
    description: 'Send messages to Slack, if there is a webhook',
  },
  {
    key: 'telemetry.endpoint',
    environment: ['NEXUS_TELEMETRY_ENDPOINT'],
    upstreamEnvironment: { anthropic: ['TELEMETRY_ENDPOINT'] },
    type: { kind: 'url', mayHaveQuery: true },
    description: 'Send figures of each request to this address: no words, no session, no full key',
    details: 'An `http` address of another machine also needs `--allow-http`.',
    hint: 'url',
  },
] as const satisfies readonly Setting[]
