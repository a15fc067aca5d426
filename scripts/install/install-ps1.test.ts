import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../release/project.ts'
import { targets } from '../release/targets.ts'

/** Checks of the text of install.ps1. If PowerShell is installed, it parses the script, too. */

const path = join(import.meta.dir, 'install.ps1')
const text = readFileSync(path, 'utf8')

/** The code without strings and comments. */
const code = text
  .replaceAll(/@'\n[\s\S]*?\n'@/g, "''")
  .replaceAll(/'(?:[^'\n]|'')*'|"(?:[^"`\n]|`.)*"|#[^\n]*/g, (found) => (found.startsWith('#') ? '' : "''"))

const shells = ['pwsh', 'powershell'].filter((name) => Bun.which(name) !== null)

describe('the text of install.ps1', () => {
  test('is ASCII, because PowerShell 5.1 reads it in the code page of the system', () => {
    expect([...text].filter((character) => character !== '\n' && (character < ' ' || character > '~'))).toEqual([])
  })

  test('has balanced brackets', () => {
    const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' }
    const open: string[] = []
    for (const character of code) {
      if ('({['.includes(character)) open.push(character)
      const opener = pairs[character]
      if (opener !== undefined) expect(open.pop()).toBe(opener)
    }
    expect(open).toEqual([])
  })

  test("loads no module that is a script in 5.1: Windows's default policy forbids those", () => {
    expect(code).not.toMatch(/-(?:Archive|FileHash|Guid|TemporaryFile|Hex)\b|Import-Module/)
  })

  test('does not follow redirects from https to http in 5.1', () => {
    expect(code).toMatch(/Major -lt 7\) \{\n\s+Save-RemoteFile [^}]*\} else \{\n[^}]*\}\n\s+Invoke-WebRequest /)
    expect(code).toContain('$request.AllowAutoRedirect = $false')
    expect(text).toContain("if ($Address.Scheme -eq 'https' -and $next.Scheme -ne 'https') {\n                throw")
  })

  test("does not print a mirror's login", () => {
    expect(text.indexOf('contains a login')).toBeGreaterThan(0)
    expect(text.indexOf('contains a login')).toBeLessThan(text.indexOf('Invalid mirror address'))
  })

  test('checks the PATH of new windows, and changes only the PATH of the user', () => {
    expect(code).toContain('Test-OnPath (Get-SavedPath) $Folder')
    const targets = [...text.matchAll(/::SetEnvironmentVariable\(.*'(\w+)'\)$/gm)].map(([, target]) => target)
    expect(targets).toEqual(['User', 'User'])
    expect(text).not.toContain('[Microsoft.Win32.Registry]::LocalMachine')
  })

  test('calls only its own functions and known commands, and uses every function', () => {
    const known = [
      'Add-Type',
      'Copy-Item',
      'ForEach-Object',
      'Get-ChildItem',
      'Get-Command',
      'Get-Content',
      'Get-ItemProperty',
      'Invoke-WebRequest',
      'Join-Path',
      'Move-Item',
      'New-Item',
      'New-Object',
      'Out-Null',
      'Remove-Item',
      'Select-Object',
      'Set-StrictMode',
      'Test-Path',
      'Where-Object',
      'Write-Host',
    ]
    const defined = [...code.matchAll(/function ([A-Z]\w*-\w+)/g)].map(([, name = '']) => name)
    const called = new Set(
      [...code.replaceAll(/function [A-Z]\w*-\w+/g, '').matchAll(/(?<![\w$.-])[A-Z][A-Za-z]+-[A-Z]\w+/g)].map(
        ([name]) => name,
      ),
    )
    expect([...called].sort()).toEqual([...known, ...defined].sort())
  })

  test('runs after all definitions, in its own scope', () => {
    expect(text).toEndWith('\n    Invoke-Main\n}\n')
    expect(code.match(/^\S.*$/gm)).toEqual(['[CmdletBinding()]', 'param(', ')', '& {', '}'])
  })

  test('never closes the window of a user who runs it with iex, and never requests more rights', () => {
    expect(code).not.toMatch(/\bexit\b|RunAs/i)
  })

  test('uses only syntax of Windows PowerShell 5.1', () => {
    expect(code).not.toMatch(/\?\?|&&|\|\||\?\.|\? [^:\n]+ : /)
  })

  test('has the addresses of the releases, and existing programs', () => {
    expect(text).toContain(`$repository = '${project.homepage}'\n`)
    expect(text).toContain(`$program = '${project.name}'\n`)
    const named = [...text.matchAll(/return '(windows-[\w-]+)'/g)].map(([, id = '']) => id)
    expect(named.sort()).toEqual(
      targets
        .filter(({ os }) => os === 'win32')
        .map(({ id }) => id)
        .sort(),
    )
  })

  test('describes every parameter, in lines that fit a terminal', () => {
    const usage = /@'\n([\s\S]*?)\n'@/.exec(text)?.[1] ?? ''
    const parameters = [...text.slice(0, text.indexOf('& {')).matchAll(/\]\$(\w+)/g)].map(([, name = '']) => name)
    expect([...usage.matchAll(/^ {2}-(\w+)/gm)].map(([, name = '']) => name)).toEqual(parameters)
    expect(usage.split('\n').filter((line) => line.length > 80)).toEqual([])
    const page = readFileSync(join(import.meta.dir, '..', '..', 'docs', 'install.md'), 'utf8')
    for (const name of parameters) expect(page).toContain(`| \`-${name}`)
  })

  test.skipIf(shells.length === 0)('is parsed by PowerShell without an error', () => {
    for (const shell of shells) {
      const command = `$e = $null; [void][Management.Automation.Language.Parser]::ParseFile('${path}', [ref]$null, [ref]$e); $e | Out-String`
      const { stdout } = Bun.spawnSync([shell, '-NoProfile', '-Command', command])
      expect(stdout.toString().trim()).toBe('')
    }
  })
})
