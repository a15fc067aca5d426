import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'puppeteer-core'
import { exact } from '../../../../src/dashboard/format.ts'
import type { UsageReport } from '../../../../src/usage/usage-report.ts'
import { hasBrowser, openBrowser } from '../../../support/browser.ts'
import { cli, temporaryFolder } from '../../../support/cli.ts'
import { ask, injection, openPage, readSummary, startDashboard, untilDrawn } from '../../../support/dashboard-page.ts'
import { testHistory } from '../../../support/history.ts'
import { clientEntry, tokenOf } from '../../../support/named-clients.ts'

const texts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => element.textContent ?? ''))

/** For reviewers of the page: the tests cannot judge how it looks. */
const screenshots = join(import.meta.dir, '../../../../dist/screenshots')

const keepScreenshot = async (page: Page, name: string): Promise<Uint8Array> => {
  mkdirSync(screenshots, { recursive: true })
  return page.screenshot({ path: join(screenshots, `${name}.png`) as `${string}.png`, fullPage: true })
}

/** What axe finds, with the element; the rules for best practices included. */
const violations = async (page: Page): Promise<string[]> => {
  // The page's policy forbids an inserted script; the debugger may run one.
  await page.evaluate(`${axe.source}; void 0`)
  const found = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
  const { violations: list } = found as AxeResults
  return list.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** Presses Tab until the element has the focus; fails after too many. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate(`document.activeElement.matches('${selector}')`)) === true) return
  }
  throw new Error(`Tab does not reach ${selector}`)
}

describe.if(hasBrowser)('the dashboard in Chromium', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('shows the figures of the summary, without an error or a request to another host (OP-D8, OP-D3, OP-D1)', async () => {
    const chain = startDashboard()
    await ask(chain)
    await ask(chain, { isStream: true })
    await ask(chain, { model: 'other-model' })
    const { page, problems, requests } = await openPage(browser, chain.url)
    await untilDrawn(page)
    const { total, rows } = await readSummary(chain)
    expect(rows).toHaveLength(2)
    expect(total.requests).toBe(3)
    expect((await texts(page, '#summary .figure')).slice(0, 4)).toEqual([
      exact(total.requests),
      exact(total.inputTokens + total.cacheReadTokens + total.cacheWriteTokens),
      '0 %',
      exact(total.outputTokens),
    ])
    expect(await texts(page, '#breakdown tbody tr')).toEqual(
      rows.map(({ key, requests: count }) => expect.stringMatching(new RegExp(`^${key}${count}`))),
    )
    expect(await texts(page, '#requests tbody tr .name-text')).toEqual(['other-model', 'gpt-5.2', 'gpt-5.2'])
    expect(requests.map((path) => path.replace(/\?.*/, ''))).toEqual([
      '/dashboard#range=today',
      '/dashboard/api/summary',
      '/dashboard/api/live',
    ])
    expect(problems).toEqual([])
  })

  test('shows the figures that usage --json prints (OP-D8)', async () => {
    const file = join(temporaryFolder(), 'usage.sqlite')
    const { history } = testHistory(file, { now: () => performance.now(), date: Date.now })
    const chain = startDashboard({ history })
    for (const model of ['one', 'two', 'two']) await ask(chain, { model })
    while ((await readSummary(chain)).total.requests < 3) await Bun.sleep(5)
    const berlin = ['--timezone', 'Europe/Berlin', '--since', '1d'] as const
    const { out } = await cli(['usage', '--json', '--file', file, '--by', 'model', ...berlin])
    const { total, rows }: UsageReport = JSON.parse(out)
    expect(await readSummary(chain)).toMatchObject({ total, rows } as never)
    const { page } = await openPage(browser, chain.url)
    await untilDrawn(page)
    expect((await texts(page, '#summary .figure'))[0]).toBe(exact(total.requests))
    expect(await texts(page, '#breakdown tbody .name-text')).toEqual(rows.map(({ key }) => key))
    expect(await texts(page, '#breakdown tbody td:nth-child(8)')).toEqual(
      rows.map(({ outputTokens }) => exact(outputTokens)),
    )
    expect(await texts(page, '#notices')).toEqual([''])
  })

  test("shows a model's name as text, and runs no script but its own (OP-D8, OP-D1)", async () => {
    const chain = startDashboard()
    await ask(chain, { model: injection })
    const { page, problems } = await openPage(browser, chain.url)
    await untilDrawn(page)
    expect(await texts(page, '#breakdown tbody .name-text')).toEqual([injection])
    expect(await texts(page, '#requests tbody .name-text')).toEqual([injection])
    expect(await page.$$('img')).toEqual([])
    expect(problems).toEqual([])
    await page.evaluate(`
      const script = document.createElement('script')
      script.textContent = 'document.title = "inserted"'
      document.body.append(script)
      document.body.setAttribute('onclick', 'document.title = "clicked"')
      document.body.click()`)
    expect(await page.title()).toBe('Usage · nexus-claude-api')
    expect(problems.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThan(0)
  })

  test('adds a request within 2 s of its end, and follows with the figures (OP-D8)', async () => {
    const chain = startDashboard()
    const { page } = await openPage(browser, chain.url)
    await untilDrawn(page)
    expect(await texts(page, '#requests .empty')).toEqual(['No requests yet. New requests appear here.'])
    await page.waitForSelector('#state[data-state=live]')
    await ask(chain, { headers: { 'x-claude-code-agent-id': 'agent-1' } })
    await page.waitForSelector('#requests tbody tr', { timeout: 2000 })
    expect(await texts(page, '#requests tbody .tag')).toEqual(['sub-agent'])
    await page.waitForFunction('document.querySelector("#summary .figure").textContent === "1"', { timeout: 8000 })
  })

  test('works with the keyboard alone (OP-D2)', async () => {
    const chain = startDashboard()
    await ask(chain)
    const { page } = await openPage(browser, chain.url)
    await untilDrawn(page)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the figures')
    await tabTo(page, '[name=range]')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction('location.hash.includes("range=7d")')
    await tabTo(page, '[data-chart=tokens] button')
    await page.keyboard.press('Enter')
    expect(await texts(page, '[data-chart=tokens] th[scope=col]')).toEqual([
      'Time',
      'Cache read',
      'Cache written',
      'Input',
      'Output',
    ])
    expect(await texts(page, '[data-chart=tokens] tbody tr')).toHaveLength(1)
    await page.keyboard.press('Enter')
    await tabTo(page, '[data-chart=requests] .plot')
    await page.keyboard.press('ArrowLeft')
    await page.waitForFunction('document.querySelector("[data-chart=requests] .chart-moment").textContent !== ""')
    await tabTo(page, '[name=by]')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction('document.querySelector("#breakdown").textContent.startsWith("Usage by client")')
    await tabTo(page, '.copy')
  })

  test.each(['light', 'dark'] as const)(
    'fits narrow and wide windows, without a violation in the %s scheme (OP-D2)',
    async (scheme) => {
      const chain = startDashboard()
      await ask(chain)
      await ask(chain, { model: injection, headers: { 'x-claude-code-session-id': crypto.randomUUID() } })
      for (const width of [360, 768, 1280]) {
        const { page, problems } = await openPage(browser, chain.url, { width, scheme, view: 'range=own&by=session' })
        await untilDrawn(page)
        await page.click('[data-chart=tokens] button')
        expect([width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([width, width])
        expect([width, await violations(page)]).toEqual([width, []])
        expect(problems).toEqual([])
        expect((await keepScreenshot(page, `dashboard-${width}-${scheme}`)).byteLength).toBeGreaterThan(0)
      }
    },
  )

  test('asks for a token with a form that works, and ends the session (OP-D4, OP-D8)', async () => {
    const chain = startDashboard({ clients: [clientEntry('bob')] })
    await ask(chain, { headers: { 'x-api-key': tokenOf('bob') } })
    const { page, problems } = await openPage(browser, chain.url)
    expect(await violations(page)).toEqual([])
    const logIn = async (token: string): Promise<void> => {
      await page.type('#token', token)
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    }
    await logIn('wrong')
    expect(await texts(page, '[role=alert]')).toEqual(['This token is not valid.'])
    await logIn(tokenOf('bob'))
    await untilDrawn(page)
    expect(await texts(page, 'h1')).toEqual(['nexus-claude-api · openai · bob'])
    expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })')).toBe('{}')
    await Promise.all([page.waitForNavigation(), page.click('#logout button')])
    expect(await texts(page, 'label')).toEqual(['Client token'])
    // The browser itself reports each page with the status 401.
    expect(problems.filter((text) => !text.includes('status of 401'))).toEqual([])
  })

  test('keeps the choice of a color scheme, and draws in its colors (OP-D2)', async () => {
    const chain = startDashboard()
    await ask(chain)
    const { page } = await openPage(browser, chain.url)
    await untilDrawn(page)
    const light = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.select('#scheme', 'dark')
    const dark = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(dark).not.toBe(light)
    await page.reload()
    await untilDrawn(page)
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(dark)
  })
})
