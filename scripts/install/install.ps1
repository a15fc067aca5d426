# Installs nexus-claude-api for the current user, or uninstalls it. Windows PowerShell 5.1, and 7.
#
#   irm <address of install.ps1> | iex
#   & ([scriptblock]::Create((irm <address of install.ps1>))) -Version 1.2.3
#
# It needs no administrator rights, and installs nothing that is not in the release's SHA256SUMS. docs/install.md
# explains the options. ASCII only: 5.1 reads a file without a byte order mark in the system's code page.
[CmdletBinding()]
param(
    [string]$Version = '',
    [string]$To = '',
    [string]$Mirror = '',
    [switch]$AllowHttp,
    [switch]$NoPathUpdate,
    [switch]$Force,
    [switch]$Uninstall,
    [switch]$DryRun,
    [switch]$Help
)

# A separate scope: with iex, definitions outside of it would stay in the user's session. It does not call exit,
# which would close the user's window.
& {
    Set-StrictMode -Version 3.0
    $ErrorActionPreference = 'Stop'
    # The progress bar makes downloads in 5.1 many times slower.
    $ProgressPreference = 'SilentlyContinue'

    $program = 'nexus-claude-api'
    $repository = 'https://github.com/nexus-claude-api/nexus-claude-api'

    function Write-Line([string]$Text) { Write-Host $Text }

    # Prints what failed and what to do next, and ends the script with a failure.
    function Stop-WithError([string]$What, [string[]]$Next = @()) {
        Write-Line "Error: $What"
        foreach ($line in $Next) { Write-Line "  $line" }
        throw "${program}: $What"
    }

    function Show-Usage {
        Write-Line @'
Install nexus-claude-api for your account, or uninstall it.

Usage: install.ps1 [options]
       & ([scriptblock]::Create((irm <address of install.ps1>))) [options]

Options:
  -Version X     Install this version. Default: the latest
  -To DIR        Install to this folder. Default:
                 %LOCALAPPDATA%\Programs\nexus-claude-api
  -Mirror URL    Download from here instead of GitHub. A mirror contains
                 v<version>\<files of the release> and latest\SHA256SUMS.
                 Variable: NEXUS_CLAUDE_API_MIRROR
  -AllowHttp     Allow a mirror whose address begins with http. An attacker
                 on the network can then replace the program
  -NoPathUpdate  Do not change PATH; print what to do instead
  -Force         Replace a file that is not this program
  -Uninstall     Remove the program, and its folder from your PATH. Your
                 configuration and your key stay: run
                 nexus-claude-api config unset apiKey first to remove the key
  -DryRun        Print what would be done, and change nothing
  -Help          Show this help
'@
    }

    # --- Arguments ---

    function Get-Folder {
        if ($To) {
            $folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($To).TrimEnd('\')
        } elseif ($env:LOCALAPPDATA) {
            $folder = Join-Path (Join-Path $env:LOCALAPPDATA 'Programs') $program
        } else {
            Stop-WithError 'LOCALAPPDATA is not set.' @('Name a folder with -To.')
        }
        if ($folder.Contains(';')) { Stop-WithError "A folder on PATH cannot hold a semicolon: $folder" }
        return $folder
    }

    function Get-WantedVersion {
        $wanted = $Version -replace '^v', ''
        if ($wanted -and -not (Test-VersionText $wanted)) {
            Stop-WithError "Invalid version: $wanted" @('Write it like this: 1.2.3')
        }
        return $wanted
    }

    # A version becomes part of addresses and file names.
    function Test-VersionText([string]$Text) {
        return $Text -match '^[0-9]+\.[0-9]+\.[0-9]+([.+-][0-9A-Za-z]+)*$'
    }

    function Get-Source {
        $address = $Mirror
        if (-not $address) { $address = $env:NEXUS_CLAUDE_API_MIRROR }
        if (-not $address) {
            # GitHub redirects latest to the latest release. Its API is not used: a whole company shares its rate limit.
            return @{ Files = "$repository/releases/download"; Latest = "$repository/releases/latest/download" }
        }
        $address = $address.TrimEnd('/')
        $uri = $address -as [uri]
        if ($null -ne $uri -and $uri.IsAbsoluteUri -and $uri.UserInfo) {
            Stop-WithError "The mirror's address contains a login, which would be printed."
        }
        if ($null -eq $uri -or -not $uri.IsAbsoluteUri -or @('http', 'https') -notcontains $uri.Scheme) {
            Stop-WithError "Invalid mirror address: $address" @('It must begin with https://')
        }
        if ($uri.Scheme -eq 'http' -and -not $uri.IsLoopback -and -not $AllowHttp) {
            Stop-WithError "The mirror's address begins with http: $address" @(
                'An attacker on the network could replace the program. Use an https address,'
                'or add -AllowHttp.'
            )
        }
        return @{ Files = $address; Latest = "$address/latest" }
    }

    # --- The program for this machine ---

    # The other program crashes without AVX2. If in doubt, use the one that runs everywhere.
    function Test-Avx2 {
        try {
            $intrinsics = 'System.Runtime.Intrinsics.X86.Avx2' -as [type]
            if ($null -ne $intrinsics) { return [bool]$intrinsics::IsSupported }
            $definition = '[DllImport("kernel32.dll")] public static extern bool IsProcessorFeaturePresent(int feature);'
            $kernel = Add-Type -MemberDefinition $definition -Name Kernel32 -Namespace NexusClaudeApi -PassThru
            # PF_AVX2_INSTRUCTIONS_AVAILABLE
            return [bool]$kernel::IsProcessorFeaturePresent(40)
        } catch {
            return $false
        }
    }

    function Get-Target {
        # From the registry: an emulated PowerShell on ARM reports x64.
        $key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
        $processor = (Get-ItemProperty -LiteralPath $key).PROCESSOR_ARCHITECTURE
        if ($processor -eq 'ARM64') { return 'windows-arm64' }
        if ($processor -eq 'AMD64') {
            if (Test-Avx2) { return 'windows-x64' }
            return 'windows-x64-baseline'
        }
        Stop-WithError "There is no $program for this machine (Windows, $processor)." @(
            'Windows on x64 and arm64 is supported.'
        )
    }

    # --- Downloads ---

    function Test-ProxyBypass([uri]$Address) {
        if ($Address.IsLoopback) { return $true }
        foreach ($entry in "$env:NO_PROXY".Split(',')) {
            if ($entry.Trim() -eq '*') { return $true }
            $name = $entry.Trim().TrimStart('*').TrimStart('.')
            if ($name -and ($Address.Host -eq $name -or $Address.Host -like "*.$name")) { return $true }
        }
        return $false
    }

    # 7 reads these variables itself; 5.1 reads only the system's settings.
    function Get-Proxy([uri]$Address) {
        $proxy = [Net.WebRequest]::DefaultWebProxy
        if ($env:HTTPS_PROXY -and -not (Test-ProxyBypass $Address)) {
            $named = $env:HTTPS_PROXY
            if (-not $named.Contains('://')) { $named = "http://$named" }
            $proxy = New-Object -TypeName Net.WebProxy -ArgumentList $named
        }
        if ($null -ne $proxy) { $proxy.Credentials = [Net.CredentialCache]::DefaultNetworkCredentials }
        return $proxy
    }

    # Invoke-WebRequest of 5.1 silently follows redirects from https to http, where an attacker could change the file;
    # 7 does not.
    function Save-RemoteFile([uri]$Address, [string]$File) {
        # As many redirects as browsers follow.
        for ($step = 0; $step -lt 20; $step += 1) {
            $request = [Net.WebRequest]::CreateHttp($Address)
            $request.AllowAutoRedirect = $false
            $request.UserAgent = $program
            $request.Timeout = 60000
            $request.ReadWriteTimeout = 60000
            $request.Proxy = Get-Proxy $Address
            $response = $request.GetResponse()
            try {
                if ([int]$response.StatusCode -lt 300) {
                    $stream = [IO.File]::Create($File)
                    try { $response.GetResponseStream().CopyTo($stream) } finally { $stream.Close() }
                    return
                }
                $next = New-Object -TypeName Uri -ArgumentList $Address, $response.Headers['Location']
            } finally {
                $response.Close()
            }
            if ($Address.Scheme -eq 'https' -and $next.Scheme -ne 'https') {
                throw 'The server redirects from https to http, where an attacker could change the file.'
            }
            $Address = $next
        }
        throw 'The server redirects too often.'
    }

    function Get-RemoteFile([string]$Address, [string]$File, [string[]]$IfMissing) {
        try {
            if ($PSVersionTable.PSVersion.Major -lt 7) {
                Save-RemoteFile $Address $File
            } else {
                $proxy = [Net.Http.HttpClient]::DefaultProxy
                if ($null -eq $proxy.Credentials) { $proxy.Credentials = [Net.CredentialCache]::DefaultNetworkCredentials }
                Invoke-WebRequest -Uri $Address -OutFile $File -TimeoutSec 60 | Out-Null
            }
        } catch {
            $reason = $_.Exception
            # Exceptions of .NET methods are wrapped.
            while (-not $reason.PSObject.Properties['Response'] -and $null -ne $reason.InnerException) {
                $reason = $reason.InnerException
            }
            $status = 0
            if ($reason.PSObject.Properties['Response'] -and $null -ne $reason.Response) {
                $status = [int]$reason.Response.StatusCode
            }
            if ($status -eq 404) { Stop-WithError 'The server does not have this file:' (@($Address) + $IfMissing) }
            Stop-WithError 'Download failed:' @(
                $Address
                $reason.Message
                'Behind a company proxy, set HTTPS_PROXY. If GitHub is blocked, use your'
                "company's mirror: -Mirror URL"
            )
        }
    }

    # Returns the archive for this machine. Without a version, takes the version of the list.
    function Read-Sums([string]$File, [string]$Target, [string]$Wanted, [string]$Address) {
        $pattern = '^([0-9a-fA-F]{64}) [ *](' + $program + '-(\S+)-' + $Target + '\.zip)$'
        $found = @()
        foreach ($line in @(Get-Content -LiteralPath $File)) {
            if ($line -cmatch $pattern) {
                $entry = @{ Sum = $Matches[1].ToLowerInvariant(); Archive = $Matches[2]; Version = $Matches[3] }
                if (-not $Wanted -or $entry.Version -ceq $Wanted) { $found += $entry }
            }
        }
        if ($found.Count -ne 1) {
            Stop-WithError "SHA256SUMS has $($found.Count) checksums for $Target instead of one:" @(
                $Address
                'Nothing is installed unverified. The release or the mirror may be incomplete, or a'
                'proxy may have replaced the file. Open the address in a browser.'
            )
        }
        if (-not (Test-VersionText $found[0].Version)) {
            Stop-WithError 'SHA256SUMS contains an invalid version:' @($Address)
        }
        return $found[0]
    }

    function Get-Release($Source, [string]$Target, [string]$Wanted, [string]$Work) {
        if ($Wanted) {
            $address = "$($Source.Files)/v$Wanted/SHA256SUMS"
            $hint = @("Version ${Wanted} may not exist. See the list:", "$repository/releases")
        } else {
            $address = "$($Source.Latest)/SHA256SUMS"
            $hint = @('Choose a version with -Version, or contact the administrator of the mirror.')
        }
        $list = Join-Path $Work 'SHA256SUMS'
        Get-RemoteFile $address $list $hint
        $release = Read-Sums $list $Target $Wanted $address
        $release.Address = "$($Source.Files)/v$($release.Version)/$($release.Archive)"
        return $release
    }

    # Get-FileHash and Expand-Archive are scripts in 5.1, which the default execution policy of Windows does not load.
    function Get-Sum([string]$File) {
        # Under FIPS, older .NET versions allow only this provider.
        $kind = 'System.Security.Cryptography.SHA256CryptoServiceProvider' -as [type]
        if ($null -ne $kind) { $hasher = $kind::new() } else { $hasher = [Security.Cryptography.SHA256]::Create() }
        $stream = [IO.File]::OpenRead($File)
        try { $sum = $hasher.ComputeHash($stream) } finally { $stream.Close() }
        return [BitConverter]::ToString($sum).Replace('-', '').ToLowerInvariant()
    }

    # Downloads, verifies and unpacks the program.
    function Get-Program($Release, [string]$Target, [string]$Work) {
        $archive = Join-Path $Work $Release.Archive
        $hint = @('SHA256SUMS lists it, so the mirror or the release is incomplete.')
        Get-RemoteFile $Release.Address $archive $hint
        $sum = Get-Sum $archive
        if ($sum -cne $Release.Sum) {
            Stop-WithError 'The archive does not match SHA256SUMS. Nothing was installed.' @(
                $Release.Address
                "expected $($Release.Sum)"
                "found    $sum"
                'Try again. If this error remains, the file was changed on the network or on the'
                'mirror: do not use it, and contact the administrator.'
            )
        }
        $unpacked = Join-Path $Work 'unpacked'
        Add-Type -AssemblyName System.IO.Compression.FileSystem
        [IO.Compression.ZipFile]::ExtractToDirectory($archive, $unpacked)
        $file = Join-Path (Join-Path $unpacked "$program-$($Release.Version)-$Target") "$program.exe"
        if (-not (Test-Path -LiteralPath $file -PathType Leaf)) {
            Stop-WithError "The archive does not contain $program.exe." @($Release.Address)
        }
        return $file
    }

    # --- The program file ---

    function Get-VersionLine([string]$File) {
        # 5.1 treats output on stderr as errors.
        $ErrorActionPreference = 'Continue'
        try { return [string](& $File --version 2>$null | Select-Object -First 1) } catch { return '' }
    }

    function Assert-Ours([string]$Installed) {
        if (Test-Path -LiteralPath $Installed -PathType Container) {
            Stop-WithError "$Installed is a folder." @('Move it, or choose another folder with -To.')
        }
        if ($Force -or -not (Test-Path -LiteralPath $Installed)) { return }
        if (-not (Get-VersionLine $Installed).StartsWith("$program ")) {
            Stop-WithError "$Installed is not $program, or does not run." @(
                'Check it. Then move it, choose another folder with -To, or use -Force.'
            )
        }
    }

    # On Windows, a running program can be renamed but not overwritten.
    function Remove-Old([string]$Folder) {
        Get-ChildItem -LiteralPath $Folder -Filter "$program.exe.old-*" -ErrorAction SilentlyContinue |
            Remove-Item -Force -ErrorAction SilentlyContinue
    }

    function Install-File([string]$File, [string]$Folder, [string]$Installed, $Release, [string]$Target) {
        New-Item -ItemType Directory -Path $Folder -Force | Out-Null
        $staged = Join-Path $Folder ".$program-$PID.exe"
        try {
            Copy-Item -LiteralPath $File -Destination $staged -Force
            $line = Get-VersionLine $staged
            if ($line -cne "$program $($Release.Version)" -and -not $line.StartsWith("$program $($Release.Version) ")) {
                Stop-WithError 'The program does not run on this machine. Nothing was installed.' @(
                    "It is built for $Target. If your company allows only approved programs, request"
                    "approval for this one. Otherwise, report this: $repository/issues"
                )
            }
            $old = "$Installed.old-$([guid]::NewGuid().ToString('N'))"
            $hadOne = Test-Path -LiteralPath $Installed
            if ($hadOne) { Move-Item -LiteralPath $Installed -Destination $old }
            try {
                Move-Item -LiteralPath $staged -Destination $Installed
            } catch {
                if ($hadOne) { Move-Item -LiteralPath $old -Destination $Installed }
                throw
            }
            Remove-Old $Folder
        } finally {
            Remove-Item -LiteralPath $staged -Force -ErrorAction SilentlyContinue
        }
    }

    # --- PATH ---

    function Test-SameFolder([string]$One, [string]$Other) {
        return [Environment]::ExpandEnvironmentVariables($One).Trim().TrimEnd('\') -eq $Other.TrimEnd('\')
    }

    function Test-OnPath([string]$Path, [string]$Folder) {
        return @($Path.Split(';') | Where-Object { Test-SameFolder $_ $Folder }).Count -gt 0
    }

    # Reads and writes PATH unexpanded: otherwise %USERPROFILE% in other entries would be lost.
    function Update-UserPath([scriptblock]$Change) {
        $key = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey('Environment')
        try {
            $before = [string]$key.GetValue('Path', '', [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
            $after = & $Change $before
            if ($after -ceq $before) { return }
            $kind = [Microsoft.Win32.RegistryValueKind]::ExpandString
            if (@($key.GetValueNames()) -contains 'Path') { $kind = $key.GetValueKind('Path') }
            $key.SetValue('Path', $after, $kind)
        } finally {
            $key.Close()
        }
        # Notifies open windows: .NET does that for every variable that it sets or removes.
        $signal = "NEXUS_CLAUDE_API_$([guid]::NewGuid().ToString('N'))"
        [Environment]::SetEnvironmentVariable($signal, '1', 'User')
        # Not '': since .NET 9, that is a value.
        [Environment]::SetEnvironmentVariable($signal, [NullString]::Value, 'User')
    }

    function Add-ToUserPath([string]$Folder) {
        Update-UserPath {
            param([string]$Path)
            if (Test-OnPath $Path $Folder) { return $Path }
            return (@($Path.TrimEnd(';'), $Folder) | Where-Object { $_ }) -join ';'
        }
    }

    function Remove-FromUserPath([string]$Folder) {
        Update-UserPath {
            param([string]$Path)
            if (-not (Test-OnPath $Path $Folder)) { return $Path }
            return ($Path.Split(';') | Where-Object { $_ -and -not (Test-SameFolder $_ $Folder) }) -join ';'
        }
    }

    # The PATH of new windows: the current window may have a removed folder, or lack a new one.
    function Get-SavedPath {
        return ('Machine', 'User' | ForEach-Object { [Environment]::GetEnvironmentVariable('Path', $_) }) -join ';'
    }

    function Show-PathState([string]$Folder, [string]$Installed) {
        $isHere = Test-OnPath "$env:Path" $Folder
        if ($NoPathUpdate -and -not $isHere) {
            Write-Line 'Its folder is not on your PATH. To add it for this window:'
            $quoted = $Folder.Replace("'", "''")
            Write-Line "  `$env:Path = '$quoted;' + `$env:Path"
            return
        }
        if (-not $isHere) { $env:Path = "$env:Path;$Folder" }
        if (-not $NoPathUpdate -and -not (Test-OnPath (Get-SavedPath) $Folder)) {
            Add-ToUserPath $Folder
            Write-Line 'Its folder is now on your PATH, in this window and in new ones.'
        }
        $first = Get-Command $program -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
        if ($null -ne $first -and $first.Path -ne $Installed) {
            Write-Line "Warning: another $program comes first on your PATH:"
            Write-Line "  $($first.Path)"
        }
    }

    # --- Install and uninstall ---

    function Install-Program([string]$Folder, [string]$Installed) {
        $source = Get-Source
        $wanted = Get-WantedVersion
        $target = Get-Target
        Assert-Ours $Installed
        $work = Join-Path ([IO.Path]::GetTempPath()) "$program-$([guid]::NewGuid().ToString('N'))"
        New-Item -ItemType Directory -Path $work | Out-Null
        try {
            $release = Get-Release $source $target $wanted $work
            if ($DryRun) {
                Write-Line "$program $($release.Version) for $target would be installed:"
                Write-Line "  $Installed"
                Write-Line 'from:'
                Write-Line "  $($release.Address)"
                return
            }
            Write-Line "Downloading $program $($release.Version) for $target ..."
            $file = Get-Program $release $target $work
            Install-File $file $Folder $Installed $release $target
        } finally {
            Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
        }
        Write-Line "$program $($release.Version) is installed:"
        Write-Line "  $Installed"
        Show-PathState $Folder $Installed
        Write-Line "Then, in your project's folder:"
        Write-Line "  $program claude"
    }

    function Remove-InstalledFile([string]$Installed) {
        if ($DryRun) {
            Write-Line "Would remove $Installed"
            return
        }
        try {
            Remove-Item -LiteralPath $Installed -Force
        } catch {
            Stop-WithError "Cannot remove $Installed." @('If the program is running, stop it, and run this again.')
        }
        Write-Line "Removed $Installed"
    }

    function Uninstall-Program([string]$Folder, [string]$Installed) {
        if (Test-Path -LiteralPath $Installed) {
            Assert-Ours $Installed
            Remove-InstalledFile $Installed
        } else {
            Write-Line "There is no $program in $Folder."
            Write-Line 'If it is in another folder, name that folder with -To.'
        }
        if ($DryRun) { return }
        if (Test-Path -LiteralPath $Folder -PathType Container) {
            Remove-Old $Folder
            # A folder that was named with -To may contain other programs.
            if (@(Get-ChildItem -LiteralPath $Folder -Force).Count -eq 0) { Remove-Item -LiteralPath $Folder }
        }
        if (-not $NoPathUpdate -and -not (Test-Path -LiteralPath $Folder)) { Remove-FromUserPath $Folder }
        Show-WhatIsLeft
    }

    function Show-WhatIsLeft {
        if (-not $env:APPDATA) { return }
        $settings = Join-Path (Join-Path $env:APPDATA $program) 'config.json'
        if (-not (Test-Path -LiteralPath $settings)) { return }
        Write-Line 'Kept your configuration:'
        Write-Line "  $settings"
        # It contains keys, or the names of keychain entries.
        $names = [regex]::Matches([IO.File]::ReadAllText($settings), '"keychain":\s*"([^"]*)"')
        foreach ($name in $names) {
            Write-Line 'The Credential Manager still has a key. To remove it:'
            Write-Line "  cmdkey '/delete:$program/$($name.Groups[1].Value)'"
        }
    }

    function Assert-Session {
        # The restricted mode allows this check, but not the code after it.
        if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
            Stop-WithError 'PowerShell runs in a restricted mode of your company, which allows no installers.' @(
                'Install by hand, or request the program in your software catalogue:'
                "$repository/blob/main/docs/install.md#by-hand"
            )
        }
        if ($PSVersionTable.PSVersion.Major -ge 6 -and -not $IsWindows) {
            Stop-WithError 'This installer is for Windows.' @('On Linux and macOS, use install.sh.')
        }
        if ($PSVersionTable.PSVersion.Major -lt 5) {
            Stop-WithError 'This PowerShell is too old.' @('Use 5.1, which is part of Windows 10, or 7.')
        }
    }

    function Invoke-Main {
        if ($Help) {
            Show-Usage
            return
        }
        Assert-Session
        $protocol = [Net.ServicePointManager]::SecurityProtocol
        try {
            # 5.1 may start without TLS 1.2, which GitHub requires. 0 means that the system chooses.
            if ([int]$protocol -ne 0) {
                [Net.ServicePointManager]::SecurityProtocol = $protocol -bor [Net.SecurityProtocolType]::Tls12
            }
            $folder = Get-Folder
            $installed = Join-Path $folder "$program.exe"
            if ($Uninstall) { Uninstall-Program $folder $installed } else { Install-Program $folder $installed }
        } finally {
            [Net.ServicePointManager]::SecurityProtocol = $protocol
        }
    }

    Invoke-Main
}
