import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Case, prompt, succeeded } from '../case.ts'
import { codexPrompt, codexSays, quietCodex } from '../codex.ts'
import { turns } from '../conversation.ts'
import { openCodePrompt, openCodeSays } from '../opencode.ts'
import { codex } from './codex.ts'
import { opencode } from './opencode.ts'

/** A server with a self-signed certificate, which the printed line makes each client trust (OP-W4). */

const makeCertificate = (folder: string): readonly string[] => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const { exitCode, stderr } = Bun.spawnSync([
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    ...['-keyout', key, '-out', cert, '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'],
    // Codex accepts no certificate of an authority as a server's own.
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  ])
  assert.equal(exitCode, 0, stderr.toString())
  return ['--tls-cert', cert, '--tls-key', key]
}

const words = 'over HTTPS with a self-signed certificate'
const answers = turns([{ text: 'Encrypted.' }])

const claudeCode: Case = {
  name: words,
  newestOnly: true,
  setup: (folder) => ({ scenario: answers, serverFlags: makeCertificate(folder) }),
  async play(session) {
    succeeded(await session.headless(prompt('hello')), 'Encrypted')
  },
}

export const httpsCases: readonly Case[] = [
  claudeCode,
  codex(words, {
    setup: (folder) => ({
      launch: 'codex line',
      configuration: quietCodex,
      scenario: answers,
      serverFlags: makeCertificate(folder),
    }),
    async play(session) {
      codexSays(await session.headless(codexPrompt('hello')), 'Encrypted')
    },
  }),
  opencode(words, {
    setup: (folder) => ({ launch: 'opencode line', scenario: answers, serverFlags: makeCertificate(folder) }),
    async play(session) {
      openCodeSays(await session.headless(openCodePrompt('hello')), 'Encrypted')
    },
  }),
]
