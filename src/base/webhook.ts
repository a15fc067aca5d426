import { isLoopbackHost } from './loopback.ts'
import type { Secret } from './secret.ts'

/** Whether what is sent to the address is encrypted on its way, or stays on this machine. */
export const isPrivateAddress = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))

/** The address of a webhook, whose path is its secret; undefined if messages to it would not be encrypted. */
export const webhookAddress = (webhook: Secret): URL | undefined => {
  const url = URL.parse(webhook.reveal())
  return url !== null && isPrivateAddress(url) ? url : undefined
}
