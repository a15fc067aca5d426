import { expect, test } from 'bun:test'
import { appendFileSync, rmSync } from 'node:fs'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { createCertificateCheck } from '../../../src/cli/tls/certificate-check.ts'
import { readCertificateFile } from '../../../src/cli/tls/server-certificate.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { testIo } from '../../support/cli.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const start = async (days: number) => {
  const { cert, key } = selfSignedCertificate({ days })
  const certificate = await readCertificateFile({ tls: { cert, key } }, testIo({}).machine)
  if (certificate === undefined) throw new Error('no certificate')
  let time = Date.now()
  const records: LogRecord[] = []
  const log = createLogger('info', (record) => records.push(record))
  const check = createCertificateCheck(certificate, { log, now: () => time })
  const after = (milliseconds: number): (string | undefined)[] => {
    time += milliseconds
    records.length = 0
    check()
    return records.map(({ event }) => event)
  }
  return { after, cert, records, certificate }
}

test('a certificate is reported from 14 days before its end on, once a day (OP-W5)', async () => {
  const { after, records, certificate } = await start(30)
  expect(after(0)).toEqual([])
  expect(after(15 * dayMs)).toEqual([])
  expect(after(dayMs)).toEqual(['tls.expires_soon'])
  expect(records[0]?.fields).toMatchObject({ days: 13, expires: certificate.leaf.validToDate.toISOString() })
  expect(after(23 * hourMs)).toEqual([])
  expect(after(hourMs)).toEqual(['tls.expires_soon'])
  expect(after(20 * dayMs)).toEqual(['tls.expires_soon'])
})

test('a changed file is reported once, and a missing one is no change (OP-W5)', async () => {
  const { after, cert, records } = await start(30)
  expect(after(0)).toEqual([])
  appendFileSync(cert, '\n')
  expect(after(hourMs)).toEqual(['tls.changed'])
  expect(records[0]?.fields).toEqual({ remedy: 'restart the server to use the new certificate' })
  expect(after(hourMs)).toEqual([])
  rmSync(cert)
  expect(after(hourMs)).toEqual([])
})
