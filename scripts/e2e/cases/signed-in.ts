import assert from 'node:assert/strict'
import { type Case, prompt, succeeded } from '../case.ts'
import { toCredentials } from '../claude-gateway/sign-in.ts'
import { turns } from '../conversation.ts'
import type { SessionSetup } from '../session.ts'
import { setTrap, type Trap } from '../trap.ts'

/** A user whose Claude Code is signed in to another gateway: it ignores ANTHROPIC_BASE_URL unless it is in gateway mode. */

const tokens = {
  access_token: 'token-of-another-gateway',
  refresh_token: 'refresh-token-of-another-gateway',
  expires_in: 86_400,
}

const signedIn = (launch: NonNullable<SessionSetup['launch']>): Case => {
  /** By the folder of the session. */
  const gateways = new Map<string, Trap>()
  return {
    name: `launch_signed_in, by ${launch}`,
    setup(folder) {
      const gateway = setTrap()
      gateways.set(folder, gateway)
      return { launch, scenario: turns([{ text: 'Reached.' }]), clientCredentials: toCredentials(gateway.url, tokens) }
    },
    async play(session) {
      const gateway = gateways.get(session.folder)
      try {
        succeeded(await session.headless(prompt('hello')), 'Reached')
        assert.equal(session.journal[0]?.modelId, 'claude-sonnet-4.6')
        assert.deepEqual(gateway?.caught, [])
      } finally {
        gateway?.stop()
      }
    },
  }
}

export const signedInCases: readonly Case[] = [signedIn('line'), signedIn('env'), signedIn('claude')]
