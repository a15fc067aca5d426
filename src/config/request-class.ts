import type { Config } from './load.ts'

/**
 * Whether the class of each request is counted (AU-U2). Only a forwarded request must be parsed for that; others are
 * parsed anyway.
 */
export const wantsRequestClass = ({ upstream, anthropic, statsInterval, slack }: Config): boolean => {
  if (upstream !== 'anthropic' || anthropic.classify === 'on') return true
  if (anthropic.classify === 'off') return false
  const isSlackOn = slack.webhookUrl !== undefined && slack.enabled
  return anthropic.credentialsDir !== undefined || statsInterval > 0 || isSlackOn
}
