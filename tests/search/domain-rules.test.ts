import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseDomainRule } from '../../src/base/domain-rule.ts'
import { createDomainFilter, joinDomainLists } from '../../src/search/domain-rules.ts'

const nothing = { allowedDomains: [], blockedDomains: [] }
const allows = (rule: string, url: string): boolean =>
  createDomainFilter({ ...nothing, allowedDomains: [rule] })(new URL(url))

const label = fc.stringMatching(/^[a-z]([a-z0-9]{0,6}[a-z0-9])?$/)
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'))
const path = fc.array(label, { maxLength: 3 }).map((names) => `/${names.join('/')}`)

describe('a domain rule', () => {
  test.each([
    ['example.com', 'https://example.com/', true],
    ['example.com', 'https://docs.example.com/a?b', true],
    ['example.com', 'http://EXAMPLE.com:8080/', true],
    ['example.com', 'https://example.com./', true],
    ['Example.COM.', 'https://example.com/', true],
    ['example.com', 'https://notexample.com/', false],
    ['example.com', 'https://example.com.evil.org/', false],
    ['example.com', 'https://example.org/example.com', false],
    ['docs.example.com', 'https://example.com/', false],
    ['bücher.example', 'https://xn--bcher-kva.example/x', true],
    ['xn--bcher-kva.example', 'https://shop.bücher.example/x', true],
    ['example.com/docs', 'https://example.com/docs', true],
    ['example.com/docs', 'https://a.example.com/Docs/x', true],
    ['example.com/docs', 'https://example.com/docs-old', false],
    ['example.com/docs', 'https://example.com/x/docs', false],
    ['example.com/docs', 'https://example.com/docs/../private', false],
    ['example.com/docs', 'https://example.com//%64ocs/x', true],
    ['example.com/docs', 'https://example.com/%64ocs/%zz', true],
    ['example.com/docs', 'https://example.com/%64ocs/%ff', true],
    ['example.com/bücher', 'https://example.com/b%C3%BCcher/%', true],
    ['example.com/docs/', 'https://example.com/docs/x', true],
    ['example.com/docs*', 'https://example.com/docs-old', true],
    ['example.com/*', 'https://example.com/', true],
    ['example.com/*/articles', 'https://example.com/en/articles/1', true],
    ['example.com/*/articles', 'https://example.com/en/articles-old/articles', true],
    ['example.com/*/articles', 'https://example.com/en/articles-old', false],
    ['example.com/a*b*c', 'https://example.com/a1c2b3c', true],
    ['example.com/a*b*c', 'https://example.com/a1c2b3', false],
    ['example.com/50%', 'https://example.com/50%/x', true],
  ])('%s for %s: %p (WS-44)', (rule, url, expected) => {
    expect(allows(rule, url)).toBe(expected)
  })

  test.each([
    '',
    '*.example.com',
    'ex*.com',
    'https://example.com',
    'a b.com',
    'me@example.com',
    'example.com:80',
    '/docs',
    'example.com/a b',
    'example.com?q',
    '.',
    '[::1]',
    'ex%61mple.com',
  ])('is not %p, and fits nothing (WS-44)', (text) => {
    expect(parseDomainRule(text)).toBeUndefined()
    expect(allows(text, 'https://example.com/')).toBe(false)
  })

  test('fits its host, each subdomain and each longer path, and no longer name (WS-44)', () => {
    fc.assert(
      fc.property(domain, label, path, path, (host, name, start, rest) => {
        const rule = `${host}${start}`
        expect(allows(rule, `https://${host}${start}`)).toBe(true)
        expect(allows(rule, `https://${name}.${host}${start}`.toUpperCase().replace('HTTPS', 'https'))).toBe(true)
        expect(allows(rule, `https://${host}${start === '/' ? '' : start}${rest}`)).toBe(true)
        expect(allows(rule, `https://${name}${host}${start}`)).toBe(false)
        expect(allows(rule, `https://${host}.${name}${start}`)).toBe(`${host}.${name}`.endsWith(`.${host}`))
      }),
    )
  })

  test('takes no long time for many wildcards (WS-44)', () => {
    const rule = `example.com/${'a*'.repeat(100)}b`
    expect(allows(rule, `https://example.com/${'a'.repeat(2000)}`)).toBe(false)
  })
})

describe('lists of a request and of the operator', () => {
  const isShown = createDomainFilter(
    { allowedDomains: ['example.com', 'evil.example'], blockedDomains: ['example.com/old'] },
    { allowedDomains: ['example.com', 'example.org'], blockedDomains: ['secret.example.com'] },
  )

  test.each([
    ['https://example.com/', true],
    ['https://evil.example/', false],
    ['https://example.org/', false],
    ['https://example.com/old/1', false],
    ['https://secret.example.com/', false],
  ])('%s is shown: %p; the block of the operator wins (WS-55)', (url, expected) => {
    expect(isShown(new URL(url))).toBe(expected)
  })

  test('without rules, everything is shown (WS-55)', () => {
    expect(createDomainFilter(nothing, nothing)(new URL('https://example.com'))).toBe(true)
  })

  test('no page that both allow is missing from the domains for the provider (WS-55)', () => {
    const hosts = fc.array(fc.constantFrom('a.b', 'c.a.b', 'd.c.a.b', 'e.f', 'g.e.f', 'b'), { maxLength: 4 })
    fc.assert(
      fc.property(hosts, hosts, domain, (ours, theirs, name) => {
        const request = { allowedDomains: theirs, blockedDomains: [] }
        const own = { allowedDomains: ours, blockedDomains: [] }
        const joined = joinDomainLists(request, own)
        for (const host of ['a.b', 'c.a.b', 'd.c.a.b', 'e.f', 'g.e.f', `x.a.b`, name].map(
          (one) => new URL(`https://${one}`),
        ))
          if (createDomainFilter(request, own)(host)) expect(createDomainFilter(joined)(host)).toBe(true)
      }),
    )
  })

  test('joins the blocked domains, each once (WS-55)', () => {
    expect(
      joinDomainLists({ ...nothing, blockedDomains: ['a.b', 'c.d'] }, { ...nothing, blockedDomains: ['c.d'] }),
    ).toEqual({ allowedDomains: [], blockedDomains: ['a.b', 'c.d'] })
  })
})
