import { productName } from '../../../version.ts'
import { directive } from './answer.ts'

const functionName = `_${productName}`

/**
 * The library's script for zsh passes the typed text to `eval` (a substitution after `--flag=` runs, independent of the
 * binding of Tab), and splits quoted words at spaces. This script takes words unchanged. It can be evaluated, or
 * stored as a file in a folder of `fpath`.
 */
export const zshScript = `#compdef ${productName}
# zsh completion for ${productName}
${functionName}() {
    local answer directive=${directive.noFiles}
    local -a typed candidates
    (( CURRENT > 2 )) && typed=("\${(@Q)words[2,CURRENT-1]}")
    # The current word, up to the cursor.
    typed+=("\${(Q)PREFIX}")
    while IFS= read -r answer; do
        case $answer in
            :*) directive=\${answer#:} ;;
            *$'\\t'*) candidates+=("\${\${answer%%$'\\t'*}//:/\\\\:}:\${answer#*$'\\t'}") ;;
            *) candidates+=("\${answer//:/\\\\:}") ;;
        esac
    done < <(${productName} complete -- "\${typed[@]}" 2> /dev/null < /dev/null)
    # After --flag=, propose only the value.
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if [[ $directive == ${directive.files} ]]; then
        _files
    else
        _describe '${productName}' candidates
    fi
}
if [[ \${funcstack[1]} == ${functionName} ]]; then
    ${functionName} "$@"
elif (( \${+functions[compdef]} )); then
    compdef ${functionName} ${productName}
else
    print -u2 '${productName}: add this line before the completion script: autoload -Uz compinit && compinit'
fi
`
