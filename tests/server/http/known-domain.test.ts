import { describe, expect, test } from 'bun:test'
import { createKnownDomain } from '../../../src/server/http/known-domain.ts'

describe("the name of a request's domain (AU-U5)", () => {
  test('is the one of the file, if the upstream has one', () => {
    expect(createKnownDomain('0.0.0.0')('ignored', { name: 'team.example:3000' })).toBe('team.example:3000')
  })

  test.each([
    ['localhost:3000', 'localhost:3000'],
    ['LOCALHOST', 'localhost'],
    ['team.localhost', 'team.localhost'],
    ['127.0.0.1:4141', '127.0.0.1:4141'],
    ['[::1]:4141', '[::1]:4141'],
    ['Proxy.example:80', 'proxy.example:80'],
    ['proxy.example', 'proxy.example'],
    ['other.example', 'other'],
    ['proxy.example.evil', 'other'],
    [' .localhost', 'other'],
    ['<b>.localhost', 'other'],
    ['\u001b[31m.localhost', 'other'],
    [`${'a'.repeat(300)}.localhost`, 'other'],
    ['localhost:123456', 'other'],
    ['localhost:', 'other'],
    ['', 'other'],
    [null, 'other'],
  ])('is for the host %p: %p', (host, expected) => {
    expect(createKnownDomain('proxy.example')(host, undefined)).toBe(expected)
  })

  test('is a listed name of the server, without its port, and no name below a pattern (OP-W3)', () => {
    const nameOf = (host: string): string =>
      createKnownDomain('0.0.0.0', ['claude.example.com', '*.team.example'])(host, undefined)
    expect(nameOf('Claude.example.com:8443')).toBe('claude.example.com')
    expect(nameOf('a.team.example')).toBe('other')
    expect(nameOf('evil.example')).toBe('other')
  })

  test('may be an address that the server is bound to', () => {
    expect(createKnownDomain('fd00::1')('[fd00::1]:4141', undefined)).toBe('[fd00::1]:4141')
    expect(createKnownDomain('192.0.2.1')('192.0.2.1:4141', undefined)).toBe('192.0.2.1:4141')
    expect(createKnownDomain('0.0.0.0')('192.0.2.2:4141', undefined)).toBe('other')
  })
})
