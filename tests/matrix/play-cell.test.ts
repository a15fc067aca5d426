import { afterAll, describe, expect, test } from 'bun:test'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '../../scripts/e2e/session.ts'
import { playCell } from '../../scripts/matrix/play-cell.ts'
import type { MatrixCase } from '../../scripts/matrix/row.ts'
import { fromSources } from '../../scripts/support/binary.ts'

/** A server of ours and a simulated Nexus; programs of a few lines as clients. Each attempt starts a server. */

const folder = mkdtempSync(join(tmpdir(), 'nexus-matrix-'))
afterAll(() => rmSync(folder, { recursive: true }))

const client = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name)
  writeFileSync(path, ['#!/bin/bash', ...lines, ''].join('\n'), { mode: 0o755 })
  return path
}

const idle = client('idle', 'exit 0')

/** The request of a client, without a client. */
const send = async ({ endpoint }: Session): Promise<void> => {
  assert.ok(endpoint)
  const response = await fetch(new URL('/v1/messages', endpoint.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${endpoint.token}` },
    body: JSON.stringify({
      model: 'claude-opus-4-6',
      max_tokens: 9,
      output_config: { effort: 'low' },
      messages: [{ role: 'user', content: 'hello' }],
    }),
  })
  assert.equal(response.status, 200)
}

const sends = async (session: Session): Promise<void> => {
  await send(session)
  assert.equal(session.journal.length, 1)
}

const cell = async (
  play: MatrixCase['play'],
  {
    program = idle,
    nexus = 'strict',
    ...more
  }: { program?: string; nexus?: 'strict' | 'poor' } & Partial<MatrixCase> = {},
) => {
  const one: MatrixCase = {
    name: 'one case',
    checks: ['one request'],
    setup: () => ({ scenario: () => undefined }),
    play,
    ...more,
  }
  const row = { id: 'a_row', name: 'A row', group: 'ours' as const, what: '', cases: () => [one] }
  return await playCell({ row, column: { version: '2.1.332', nexus } }, { client: program, server: fromSources })
}

describe('a cell', () => {
  test('passes if its case passes', async () => {
    expect(await cell(sends)).toEqual({ cell: { status: 'pass' }, failures: [] })
  })

  test('is healed if the server left out what a poor Nexus refused (MX-C5)', async () => {
    const { cell: healed } = await cell(sends, { nexus: 'poor' })
    expect(healed).toEqual({
      status: 'healed',
      reason: expect.stringMatching(/^Nexus refused: .*effort/) as unknown as string,
    })
  })

  test('fails without a look at the requests that the simulated Nexus got (MX-R11)', async () => {
    const { cell: failed } = await cell(send)
    expect(failed).toEqual({
      status: 'fail',
      error: 'the case asserts nothing on the requests that the simulated Nexus got',
    })
  })

  test('is flaky if it passes the second time (MX-R3)', async () => {
    const mark = join(folder, 'failed-once')
    const once = async (session: Session): Promise<void> => {
      if (!existsSync(mark)) {
        writeFileSync(mark, '')
        throw new Error('the first attempt fails')
      }
      await sends(session)
    }
    const { cell: flaky, failures } = await cell(once)
    expect([flaky, failures.length]).toEqual([{ status: 'pass', flaky: true }, 1])
  })

  test('is played twice at most (MX-R3)', async () => {
    let attempts = 0
    const never = async (): Promise<void> => {
      attempts += 1
      throw new Error('it fails')
    }
    expect([(await cell(never)).cell, attempts]).toEqual([{ status: 'fail', error: 'it fails' }, 2])
  })

  test('names the signal that ended the client (MX-R9)', async () => {
    const program = client('crashing', 'kill -SEGV $$')
    const crash = async (session: Session): Promise<void> => {
      await session.headless([])
      await sends(session)
    }
    expect((await cell(crash, { program })).cell).toEqual({ status: 'fail', error: 'the client ended by SIGSEGV' })
  })

  test('names the host that the client tried to connect to (MX-R2)', async () => {
    const program = client(
      'leaving',
      'IFS=/: read -r _ _ _ host port <<< "$HTTPS_PROXY"',
      'exec 3<>"/dev/tcp/$host/$port"',
      "printf 'CONNECT telemetry.example:443 HTTP/1.1\\r\\n\\r\\n' >&3",
      'cat <&3',
    )
    const leave = async (session: Session): Promise<void> => {
      await session.headless([])
      await sends(session)
    }
    expect((await cell(leave, { program })).cell).toEqual({
      status: 'fail',
      error: 'the client tried to connect to another machine: CONNECT telemetry.example:443 HTTP/1.1',
    })
  })

  test('ends a client that takes too long (MX-R3)', async () => {
    const program = client('hanging', 'exec sleep 600')
    const hang = async (session: Session): Promise<void> => {
      await session.headless([])
    }
    const { cell: late } = await cell(hang, { program, limitSeconds: 1 })
    expect(late).toEqual({ status: 'fail', error: 'no result within 1 s' })
  })

  test('stops the run if the disk is full', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    await expect(cell(() => Promise.reject(full))).rejects.toBe(full)
  })
})
