import { completionFile } from './completions.ts'
import { noticesName } from './notices.ts'
import { project } from './project.ts'
import type { Managed, Published } from './published.ts'

/** `NexusClaudeApi`: Homebrew derives a formula's class from its file name. */
const className = project.name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Homebrew allows no full stop, and less than 80 characters including the name. */
const brief = project.description.replace(/[:.].*$/, '')

const resource = ({ url, sha256 }: Published): string => `      url "${url}"
      sha256 "${sha256}"`

/** The formula, `nexus-claude-api.rb`. Homebrew reads the version from the URLs. */
export const homebrewFormula = (managed: Managed): string => {
  const { name, license, homepage } = project
  return `class ${className} < Formula
  desc "${brief}"
  homepage "${homepage}"
  license "${license}"

  livecheck do
    url :stable
    strategy :github_latest
  end

  on_macos do
    on_arm do
${resource(managed.macArm)}
    end
    on_intel do
${resource(managed.macIntel)}
    end
  end

  on_linux do
    on_arm do
${resource(managed.linuxArm)}
    end
    on_intel do
${resource(managed.linuxIntel)}
    end
  end

  def install
    bin.install "${name}"
    bash_completion.install "completions/${completionFile('bash', name)}" => "${name}"
    zsh_completion.install "completions/${completionFile('zsh', name)}"
    fish_completion.install "completions/${completionFile('fish', name)}"
    doc.install "${noticesName}"
  end

  service do
    run [opt_bin/"${name}", "start"]
    keep_alive true
    log_path var/"log/${name}.log"
    error_log_path var/"log/${name}.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/${name} --version")
    assert_match "claude-sonnet", shell_output("#{bin}/${name} models")
    system bin/"${name}", "start", "--dry-run", "--simulate"
  end
end
`
}
