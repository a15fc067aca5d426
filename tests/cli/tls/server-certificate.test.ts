import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readServerCertificate } from '../../../src/cli/tls/server-certificate.ts'
import { issuedCertificate, selfSignedCertificate } from '../../support/certificate.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'

const folder = (): string => temporaryFolder()
const read = (cert: string | undefined, key: string | undefined, now?: Date, currentDirectory = '/nowhere') =>
  readServerCertificate({ tls: { cert, key } }, testIo({ currentDirectory }).machine, now)

const fileWith = (text: string): string => {
  const path = join(folder(), 'file.pem')
  writeFileSync(path, text)
  return path
}

const dayMs = 86_400_000

describe('the certificate of the server', () => {
  test('is absent without both settings (OP-W4)', async () => {
    expect(await read(undefined, undefined)).toBeUndefined()
  })

  test('and its key are read, also from a path relative to the current folder (OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate()
    const certificate = await read('cert.pem', 'key.pem', undefined, join(cert, '..'))
    expect([certificate?.path, certificate?.pem, certificate?.key, certificate?.isSelfSigned]).toEqual([
      cert,
      readFileSync(cert, 'utf8'),
      readFileSync(key, 'utf8'),
      true,
    ])
  })

  test('of an authority is not self-signed, unless its file contains the root (OP-W4)', async () => {
    const { cert, key, root } = issuedCertificate()
    expect((await read(cert, key))?.isSelfSigned).toBe(false)
    const chain = fileWith(readFileSync(cert, 'utf8') + readFileSync(root, 'utf8'))
    const whole = await read(chain, key)
    expect([whole?.isSelfSigned, whole?.leaf.subject]).toEqual([true, 'CN=gateway'])
  })

  test.each([
    ['cert', 'tls.cert is set without tls.key. Set both: --tls-cert and --tls-key.'],
    ['key', 'tls.key is set without tls.cert. Set both: --tls-cert and --tls-key.'],
  ])('is refused with the %s alone (OP-W4)', async (given, words) => {
    const { cert, key } = selfSignedCertificate()
    await expect(given === 'cert' ? read(cert, undefined) : read(undefined, key)).rejects.toThrow(words)
  })

  test('is refused if a file is missing, or is no file (OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate()
    await expect(read('/nowhere/cert.pem', key)).rejects.toThrow('tls.cert: cannot read /nowhere/cert.pem (ENOENT).')
    await expect(read(cert, '/nowhere/key.pem')).rejects.toThrow('tls.key: cannot read /nowhere/key.pem (ENOENT).')
    await expect(read('/', key)).rejects.toThrow('tls.cert: cannot read / (EISDIR).')
  })

  test.each([
    ['', 'nothing'],
    ['DER', 'another format'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'a broken certificate'],
    ['-----BEGIN CERTIFICATE-----\nAAAA', 'half a certificate'],
  ])('is refused if its file is not PEM: %p, %s (OP-W4)', async (text) => {
    const { key } = selfSignedCertificate()
    await expect(read(fileWith(text), key)).rejects.toThrow('is not a certificate in the PEM format')
  })

  test('is refused with a broken certificate behind a valid one (OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate()
    const broken = `${readFileSync(cert, 'utf8')}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`
    await expect(read(fileWith(broken), key)).rejects.toThrow('is not a certificate in the PEM format')
  })

  test('is refused with half a certificate behind a valid one (OP-W4)', async () => {
    const { cert, key, root } = issuedCertificate()
    const half = readFileSync(cert, 'utf8') + readFileSync(root, 'utf8').slice(0, 300)
    await expect(read(fileWith(half), key)).rejects.toThrow('file.pem ends in the middle of a certificate.')
  })

  test('is refused with a key of a kind that no server here can use (OP-W4)', async () => {
    const { cert } = selfSignedCertificate()
    const key = join(folder(), 'key.pem')
    Bun.spawnSync(['openssl', 'genpkey', '-algorithm', 'ed448', '-out', key])
    await expect(read(cert, key)).rejects.toThrow(
      /^tls\.key: .*key\.pem is of a kind that this program does not support\./,
    )
  })

  test('is read from files with a byte order mark (OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate()
    const marked = (path: string): string => fileWith(`\uFEFF${readFileSync(path, 'utf8')}`)
    const certificate = await read(marked(cert), marked(key))
    expect(certificate?.pem).toBe(readFileSync(cert, 'utf8'))
  })

  test('is refused with a key that is another one, not PEM, or encrypted (OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate()
    await expect(read(cert, selfSignedCertificate().key)).rejects.toThrow(/^tls\.key: .*key\.pem is not the key of /)
    for (const wrong of [cert, fileWith('')])
      await expect(read(cert, wrong)).rejects.toThrow('is not a private key in the PEM format')
    const encrypted = join(folder(), 'encrypted.pem')
    Bun.spawnSync(['openssl', 'pkcs8', '-topk8', '-in', key, '-passout', 'pass:any', '-out', encrypted])
    await expect(read(cert, encrypted)).rejects.toThrow(
      'encrypted.pem is encrypted. Store the key without a passphrase',
    )
  })

  test('is refused if it has expired, or is not valid yet (OP-W4)', async () => {
    const { cert, key } = selfSignedCertificate({ days: 30 })
    const inDays = (days: number): Date => new Date(Date.now() + days * dayMs)
    await expect(read(cert, key, inDays(31))).rejects.toThrow(
      /cert\.pem expired on \d{4}-\d\d-\d\d\. Renew the certificate\.$/,
    )
    await expect(read(cert, key, inDays(-1))).rejects.toThrow(/cert\.pem is valid only from \d{4}-\d\d-\d\d on\./)
    expect(await read(cert, key, inDays(29))).toBeDefined()
  })
})
