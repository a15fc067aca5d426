import { productName } from '../../../version.ts'
import { directive } from './answer.ts'

const functionName = `_${productName.replaceAll('-', '_')}`

/**
 * The library's script for bash needs the bash-completion package, sets read-only variables (an error at the second
 * time), proposes nothing after `--flag=`, and evaluates the typed text: Tab would run `$(...)`. This script needs no
 * package and works in bash 3.2 of macOS: without `compopt`, that version proposes files if there are no candidates.
 */
export const bashScript = `# bash completion for ${productName}
${functionName}() {
    local line=\${COMP_LINE:0:COMP_POINT} answer directive=${directive.noFiles} prefix='' tab=$'\\t'
    local -a words
    # Split only at spaces: COMP_WORDS has --flag=value in three pieces. Typed text is never evaluated.
    read -ra words <<< "$line"
    # Skip words before the name (A=b ${productName}).
    while [[ \${#words[@]} -gt 1 && \${words[0]} != "\${COMP_WORDS[0]}" ]]; do words=("\${words[@]:1}"); done
    # The current word; empty after a space.
    [[ $line == *[[:blank:]] ]] && words+=('')
    # If bash does not split at =, it replaces the word from the flag on.
    [[ $COMP_WORDBREAKS != *=* && \${words[\${#words[@]}-1]} == --*=* ]] && prefix=\${words[\${#words[@]}-1]%%=*}=
    COMPREPLY=()
    while IFS= read -r answer; do
        case $answer in
            :*) directive=\${answer#:} ;;
            *) COMPREPLY+=("$prefix\${answer%%"$tab"*}") ;;
        esac
    done < <(${productName} complete -- "\${words[@]:1}" 2> /dev/null < /dev/null)
    [[ $directive == ${directive.files} ]] || compopt +o default 2> /dev/null || :
}
complete -o default -F ${functionName} ${productName}
`
