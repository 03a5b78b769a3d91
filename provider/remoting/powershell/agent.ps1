# The half of the PowerShell transport that runs in a local Windows PowerShell 5.1 or PowerShell 7: it holds one session and runs one cmdlet at
# a time in it, never script text. A request is one base64 argument: 32 characters of mark, then CLIXML of a hashtable. What it answers goes to
# stdout in frames, <MARK kind length>base64 of CLIXML</MARK>. What the frames mean, and all deciding, is in the TypeScript files beside this one.
# Only built-in types and commands of Microsoft.PowerShell.Core: no module has to load.

$global:AgentRunspace = $null
$global:AgentKey = [System.Security.Cryptography.RSACryptoServiceProvider]::new(2048)

function Write-AgentFrame($Mark, $Kind, $Value, $Depth) {
    $clixml = [System.Management.Automation.PSSerializer]::Serialize($Value, $Depth)
    $base64 = [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($clixml))
    [System.Console]::Out.Write("`n<" + $Mark + ' ' + $Kind + ' ' + $base64.Length + '>' + $base64 + '</' + $Mark + ">`n")
    [System.Console]::Out.Flush()
}

# A whole ErrorRecord takes 6 to 30 KB, so only what people and rules read of it, under the names that it has on the wire of PSRP.
function ConvertTo-AgentError($Record) {
    [pscustomobject]@{
        FullyQualifiedErrorId    = $Record.FullyQualifiedErrorId
        ErrorDetails_Message     = $Record.ToString()
        ErrorCategory_Category   = [int] $Record.CategoryInfo.Category
        ErrorCategory_TargetName = $Record.CategoryInfo.TargetName
    }
}

# Script block logging writes every line that arrives here into the event log: so a secret comes encrypted for a key that this process made, in
# blocks of UTF-16, and is a SecureString before any command sees it.
function Unprotect-AgentSecret($Blocks) {
    $secret = [System.Security.SecureString]::new()
    foreach ($block in $Blocks) {
        foreach ($character in [System.Text.Encoding]::Unicode.GetString($global:AgentKey.Decrypt([byte[]] $block, $true)).ToCharArray()) {
            $secret.AppendChar($character)
        }
    }
    return $secret
}

function Open-AgentSession($Request) {
    if ($null -eq $Request['ConnectionUri']) {
        $global:AgentRunspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace()
        $global:AgentRunspace.Open()
        return
    }
    $arguments = @{
        ConnectionUri     = $Request['ConnectionUri']
        ConfigurationName = $Request['ConfigurationName']
        Authentication    = $Request['Authentication']
        SessionOption     = New-PSSessionOption -Culture 'en-US' -UICulture 'en-US' -OpenTimeout $Request['TimeoutMs']
    }
    if ($null -ne $Request['User']) {
        $password = Unprotect-AgentSecret $Request['Password']
        $arguments['Credential'] = [System.Management.Automation.PSCredential]::new($Request['User'], $password)
    }
    $session = New-PSSession @arguments
    $global:AgentRunspace = $session.Runspace
}

# Objects are written as they come. The deadline is only for when nobody is left to write the cancel file.
function Invoke-AgentCmdlet($Mark, $Request) {
    $shell = [System.Management.Automation.PowerShell]::Create()
    try {
        $shell.Runspace = $global:AgentRunspace
        [void] $shell.AddCommand($Request['Command'])
        foreach ($pair in $Request['Parameters'].GetEnumerator()) { [void] $shell.AddParameter($pair.Key, $pair.Value) }
        foreach ($pair in $Request['Secrets'].GetEnumerator()) { [void] $shell.AddParameter($pair.Key, (Unprotect-AgentSecret $pair.Value)) }
        $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $nothing.Complete()
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $running = $shell.BeginInvoke($nothing, $output)
        do {
            $ended = $running.AsyncWaitHandle.WaitOne(100)
            foreach ($object in $output.ReadAll()) { Write-AgentFrame $Mark 'object' $object $Request['Depth'] }
            $late = ($Request['TimeoutMs'] -gt 0) -and ($clock.ElapsedMilliseconds -ge $Request['TimeoutMs'])
            if ((-not $ended) -and ($late -or [System.IO.File]::Exists($Request['CancelFile']))) { $shell.Stop() }
        } until ($ended)
        $failed = $null
        $reason = $shell.InvocationStateInfo.Reason
        if ($reason -is [System.Management.Automation.IContainsErrorRecord]) {
            $failed = ConvertTo-AgentError $reason.ErrorRecord
        }
        elseif ($null -ne $reason) {
            $failed = [pscustomobject]@{ FullyQualifiedErrorId = $reason.GetType().FullName; ErrorDetails_Message = $reason.Message }
        }
        return @{
            State    = $shell.InvocationStateInfo.State.ToString()
            Failed   = $failed
            Errors   = @(foreach ($record in $shell.Streams.Error) { ConvertTo-AgentError $record })
            Warnings = @(foreach ($record in $shell.Streams.Warning) { $record.Message })
        }
    }
    finally { $shell.Dispose() }
}

function Invoke-AgentRequest([string] $Base64) {
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $text = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($Base64))
    $mark = $text.Substring(0, 32)
    $action = ''
    $answer = @{}
    try {
        $request = [System.Management.Automation.PSSerializer]::Deserialize($text.Substring(32))
        $action = $request['Action']
        switch ($action) {
            'hello' {
                $public = $global:AgentKey.ExportParameters($false)
                $answer = @{
                    Protocol = 1
                    Version  = $PSVersionTable.PSVersion.ToString()
                    System   = [System.Environment]::OSVersion.VersionString
                    Modulus  = $public.Modulus
                    Exponent = $public.Exponent
                }
            }
            'open' { Open-AgentSession $request }
            'run' { $answer = Invoke-AgentCmdlet $mark $request }
            'close' { if ($null -ne $global:AgentRunspace) { $global:AgentRunspace.Dispose() } }
        }
    }
    catch { $answer = @{ Problem = $_.ToString(); ProblemId = $_.FullyQualifiedErrorId } }
    if ($null -ne $global:AgentRunspace) { $answer['Runspace'] = $global:AgentRunspace.RunspaceStateInfo.State.ToString() }
    try { Write-AgentFrame $mark 'end' $answer 2 }
    catch { Write-AgentFrame $mark 'end' @{ Problem = 'the answer holds a character that CLIXML cannot say' } 2 }
    if ($action -eq 'close') { [System.Environment]::Exit(0) }
}
