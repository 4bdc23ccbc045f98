// Sorted, for a binary search; checked when it is compiled.
#include "redaction/detectors/harmless_words.h"

#include <algorithm>
#include <array>

namespace frostgate::redaction {
namespace {

constexpr std::array<std::string_view, 781> kTradeWords = {
    "abbrechen", "abmelden", "abr", "abrir", "adduser", "affichage", "ago", "aide", "ajustes", "alias", "alpine",
    "als", "alt", "anacron", "android", "anmelden", "annuler", "ansible", "ansicht", "anterior", "aout", "apache",
    "api", "apparmor", "apr", "apropos", "apt", "aptitude", "arch", "archivo", "archivos", "argc", "args", "argv",
    "ascii", "async", "auch", "auditd", "auf", "aug", "aus", "ausschneiden", "aux", "avec", "avr", "awk", "aws",
    "ayuda", "azure", "backend", "bash", "bearbeiten", "beenden", "bei", "benutzer", "benutzername", "bin", "bind",
    "bios", "bitbucket", "blkid", "bool", "brew", "broadcast", "bsd", "btrfs", "bundle", "buscar", "bzip", "calloc",
    "cancelar", "cargo", "cat", "centos", "cerrar", "cest", "cet", "cette", "cfg", "cgroup", "cgroups", "chage",
    "changelog", "changeset", "char", "chef", "chgrp", "chmod", "chown", "chrome", "chromium", "chrony", "cifs",
    "clang", "clear", "cli", "cloudformation", "cloudwatch", "cmake", "cmd", "coller", "compose", "composer", "con",
    "conf", "config", "configmap", "configmaps", "configs", "configurable", "connexion", "const", "consul",
    "containerd", "contrasena", "copiar", "copier", "cortar", "couper", "cpu", "crd", "crds", "crit", "cron",
    "cronjob", "cronjobs", "crontab", "csh", "css", "csv", "ctrl", "curl", "cut", "cwd", "daemon", "daemons",
    "daemonset", "dans", "das", "dash", "datei", "dateien", "debian", "debug", "dec", "deconnexion", "def", "del",
    "deployable", "deployment", "deployments", "der", "des", "dev", "devtmpfs", "dez", "dhclient", "dhcp", "dic",
    "die", "diff", "dig", "dim", "dir", "dirs", "dist", "dll", "dmesg", "dnf", "dns", "dnsmasq", "doas", "doc",
    "docker", "docs", "dom", "dovecot", "dpkg", "drucken", "dry", "echo", "edge", "editar", "edition", "efi", "egrep",
    "ein", "eine", "einem", "einen", "einer", "einfugen", "einstellungen", "elasticsearch", "elif", "eliminar",
    "emacs", "emerg", "endif", "ene", "enp", "enregistrer", "ens", "enum", "env", "err", "esc", "est", "esxi", "etc",
    "etcd", "eth", "ether", "exe", "executable", "executables", "exim", "exit", "export", "ext", "extras", "fail",
    "failover", "fdisk", "feb", "fedora", "fenetre", "fenster", "fermer", "fertig", "fevr", "fgrep", "fichier",
    "fichiers", "file", "filename", "filenames", "filesystem", "filesystems", "finalizar", "find", "firefox",
    "firmware", "fish", "fixme", "flatpak", "free", "freebsd", "fri", "frontend", "fsck", "fstab", "ftp", "func",
    "fur", "gateway", "gcc", "gcp", "gdb", "gem", "gid", "gif", "git", "github", "gitlab", "gmt", "gnome", "gnu",
    "gnupg", "golang", "gpedit", "gpg", "gpu", "gradle", "grafana", "grep", "groupadd", "groupid", "groups", "grub",
    "gtk", "guardar", "gui", "gunzip", "gzip", "haproxy", "hdd", "head", "helm", "herunterfahren", "hilfe", "history",
    "hostname", "hostnamectl", "hostnames", "html", "htop", "http", "httpd", "https", "hyperv", "iam", "icmp",
    "ifconfig", "ifdef", "ifndef", "img", "immutable", "imprimer", "imprimir", "inet", "info", "ingress", "ini",
    "iniciar", "init", "initramfs", "initrd", "ins", "int", "ios", "iostat", "iptables", "ipv", "iso", "ist",
    "iterable", "jan", "janv", "java", "javac", "jenkins", "jeu", "jobs", "journalctl", "jpeg", "jpg", "json", "jue",
    "juil", "jul", "jun", "kafka", "kann", "kde", "kennwort", "kerberos", "kernel", "kernels", "kibana", "kill",
    "killall", "kopieren", "ksh", "kubeadm", "kubectl", "kubelet", "kubernetes", "kvm", "lambda", "lan", "las",
    "laufwerk", "ldap", "len", "les", "less", "lib", "libs", "libvirt", "lifecycle", "linux", "localdomain",
    "localectl", "localhost", "logfile", "logfiles", "login", "logins", "logoff", "logon", "logout", "logrotate",
    "logstash", "loopback", "los", "loschen", "lsblk", "lscpu", "lsmod", "lspci", "lsusb", "ltrace", "lun", "lvm",
    "mac", "macos", "mai", "make", "malloc", "man", "mar", "mariadb", "maven", "memcpy", "mer", "metadata", "mie",
    "minikube", "misc", "mit", "mkdir", "mkfs", "mmc", "mnt", "modprobe", "mon", "mongo", "mongodb", "mongosh",
    "more", "mount", "mrz", "msc", "mssql", "mstsc", "mtu", "multicast", "mutable", "mutex", "mysql", "mysqldump",
    "nach", "named", "namespace", "namespaces", "nano", "nein", "netmask", "netstat", "neu", "neustart", "nfs", "nft",
    "nginx", "nice", "nicht", "ninja", "nmap", "nmbd", "node", "nodes", "nodev", "noexcept", "noexec", "nohup",
    "nomad", "non", "noop", "nosuid", "notice", "nouveau", "nov", "npm", "nslookup", "ntp", "ntpd", "nuevo",
    "nullable", "nullptr", "nvme", "oct", "oder", "offnen", "ogg", "okt", "opciones", "openssh", "openssl",
    "opensuse", "openvpn", "opt", "optionen", "oracle", "ordner", "oui", "outlook", "ouvrir", "overlay", "packer",
    "pacman", "pam", "par", "para", "param", "parametres", "params", "parted", "pas", "passwd", "passwort", "patch",
    "pci", "pdf", "pegar", "perl", "php", "pico", "pid", "ping", "pip", "pkg", "pkill", "plugin", "plugins", "png",
    "pod", "podman", "pods", "por", "postfix", "postgres", "postgresql", "pour", "powershell", "ppid", "precedent",
    "printf", "proc", "prometheus", "proxmox", "psql", "pts", "puppet", "pwd", "pwsh", "python", "qemu", "que", "qui",
    "quiet", "quitter", "rabbitmq", "raid", "ram", "rdc", "rdp", "rds", "read", "readme", "readonly", "realloc",
    "recherche", "redhat", "redis", "regedit", "regex", "regexes", "regexp", "relatime", "renice", "replicaset",
    "replicasets", "repo", "repos", "reset", "rest", "retries", "retry", "rhel", "rmdir", "rollback", "rollout",
    "rom", "rpm", "rsync", "rsyslog", "ruby", "runc", "rustc", "sab", "safari", "salir", "sam", "samba", "sat",
    "sata", "sbin", "scalable", "schliessen", "scp", "screen", "sda", "sdb", "sed", "selinux", "sendmail", "sep",
    "service", "sesion", "sftp", "siguiente", "sind", "smb", "smbd", "snap", "son", "sont", "sort", "sortable",
    "source", "speichern", "sql", "sqlcmd", "sqlite", "sqlplus", "squid", "src", "srv", "ssd", "ssh", "sshd", "ssl",
    "sssd", "starten", "stat", "statefulset", "stderr", "stdin", "stdout", "str", "strace", "struct", "subnet",
    "subnets", "suchen", "sudo", "suivant", "sun", "supprimer", "sur", "suse", "svg", "svn", "swarm", "sync", "sys",
    "sysctl", "syslog", "systemctl", "systemd", "tab", "tail", "tap", "tar", "taskmgr", "tcp", "tcpdump", "tee",
    "terminer", "terraform", "thu", "thunderbird", "timedatectl", "timeout", "timeouts", "timestamp", "timestamps",
    "tls", "tmp", "tmpfs", "tmux", "todo", "tomcat", "toml", "top", "touch", "traceroute", "ttl", "tty", "tue", "tun",
    "type", "typedef", "ubuntu", "udp", "uefi", "ufw", "uid", "ulimit", "umount", "una", "unalias", "uname", "und",
    "une", "unicode", "uniq", "unix", "unos", "unzip", "uptime", "uri", "url", "usb", "useradd", "userdel", "userid",
    "usermod", "username", "usernames", "usr", "usuario", "utc", "utf", "util", "utilisateur", "utils", "uuid",
    "vagrant", "valgrind", "var", "varnish", "vcenter", "ven", "ventana", "ver", "verbose", "verzeichnis", "vie",
    "vim", "virbr", "virsh", "visudo", "vlan", "vms", "vmstat", "vmware", "vnc", "von", "vpc", "vpn", "wan", "warn",
    "wav", "wed", "weiter", "werden", "wget", "whereis", "which", "whoami", "winbind", "windows", "winrm", "wird",
    "wireguard", "wlan", "wmi", "wmic", "workflow", "workflows", "wurde", "xargs", "xen", "xfce", "xfs", "xml",
    "xterm", "yaml", "yarn", "yum", "zcat", "zfs", "zip", "zookeeper", "zsh", "zum", "zur", "zuruck", "zypper"};

constexpr std::array<std::string_view, 248> kTradeTokens = {
    "!", "!=", "\"", "#", "#!", "##", "###", "$", "$!", "$#", "$$", "$(", "$*", "$0", "$1", "$2", "$3", "$?", "$@",
    "${", "%", "%c", "%d", "%f", "%h", "%i", "%m", "%p", "%s", "%u", "%x", "%y", "%z", "&", "&&", "&>", "'", "()",
    "*", "*/", "+", "+=", ",", "-", "--", "---", "-=", "->", ".", "..", "...", "/", "/*", "/**", "//", "/dev/null",
    "/dev/stdin", "0/1", "0/2", "1/1", "2/2", "2>&1", "2>/dev/null", "3/3", ":", "::", ":=", ";", "<", "<-", "<<",
    "<=", "<nil>", "<none>", "<pending>", "<unknown>", "=", "==", "=>", ">", ">/dev/null", ">=", ">>", "?", "@", "[[",
    "[]", "\\", "\\n", "\\r", "\\t", "]]", "^", "`", "a/b", "aarch64", "add-apt-repository", "add-on", "aes-256-gcm",
    "aes128", "aes256", "amd64", "and/or", "apt-cache", "apt-get", "apt-mark", "arm64", "armhf", "auto-start",
    "base32", "base64", "bin64", "br0", "built-in", "c:", "com1", "com2", "crc32", "cron.d", "d:", "docker-compose",
    "docker0", "dpkg-query", "dry-run", "e-mail", "e:", "ec2", "enp0s3", "ens18", "ens3", "eth0", "eth1", "ext2",
    "ext3", "ext4", "false)", "fat32", "git-lfs", "h264", "h265", "http/1.0", "http/1.1", "http/2", "http2", "i/o",
    "i386", "i686", "ipv4", "ipv6", "iso-8859-1", "k3s", "k8s", "kube-apiserver", "kube-controller-manager",
    "kube-node-lease", "kube-proxy", "kube-public", "kube-scheduler", "kube-system", "ld.so.cache", "lib64", "libc6",
    "lo0", "log-in", "log4j", "lpt1", "ls;", "md5", "mp3", "mp4", "n/a", "net45", "non-zero", "nvme0n1", "off-line",
    "on-line", "perl5", "php7", "php8", "pre-built", "ps>", "pts/0", "pts/1", "pts/2", "pts/3", "python2", "python3",
    "re-run", "read-only", "read-write", "resolv.conf", "rsa2048", "s3", "sda1", "sda2", "sda3", "sdb1", "set-up",
    "sha1", "sha256", "sha384", "sha512", "sign-in", "ssh-add", "ssh-agent", "ssh-copy-id", "ssh-keygen", "sudoers.d",
    "system32", "systemd-journald", "systemd-logind", "systemd-networkd", "systemd-resolved", "systemd-timesyncd",
    "systemd-udevd", "syswow64", "tcp/ip", "tls1.2", "tls1.3", "tlsv1.2", "tlsv1.3", "true)", "tty1", "tty2", "tty7",
    "tun0", "up-to-date", "update-grub", "update-rc.d", "utf-16", "utf-8", "utf16", "utf8", "vda1", "vda2", "virbr0",
    "wg0", "win32", "win64", "wlan0", "x11", "x509", "x86", "x86_64", "{}", "|", "||", "~"};

constexpr std::array<std::string_view, 134> kFileEndings = {
    "avi", "bak", "bash", "bat", "bmp", "bz2", "c", "cc", "cfg", "class", "cmd", "com", "conf", "cpp", "cs", "css",
    "csv", "cxx", "dat", "db", "deb", "diff", "dll", "doc", "docx", "env", "exe", "gif", "go", "gz", "h", "hcl",
    "hpp", "htm", "html", "hxx", "ico", "img", "ini", "internal", "iso", "j2", "jar", "java", "jpeg", "jpg", "js",
    "json", "jsx", "ko", "lan", "lnk", "local", "lock", "log", "man", "map", "md", "mkv", "mod", "mount", "mp3",
    "mp4", "msi", "net", "new", "ods", "odt", "ogg", "old", "org", "orig", "out", "ova", "patch", "pcap", "pdf",
    "php", "pid", "pl", "png", "ppt", "pptx", "proto", "ps1", "psd1", "psm1", "py", "rb", "rdp", "reg", "rpm", "rs",
    "rst", "service", "sh", "so", "socket", "sql", "sqlite", "sum", "svg", "swp", "sys", "tar", "target", "tex", "tf",
    "tfvars", "tgz", "tif", "tiff", "timer", "tmp", "toml", "tpl", "ts", "tsv", "tsx", "txt", "vb", "vhdx", "vmdk",
    "wav", "webp", "xls", "xlsx", "xml", "xz", "yaml", "yml", "zip", "zsh", "zst"};

constexpr std::array<std::string_view, 24> kRootFolders = {
    "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "media", "mnt", "opt", "proc", "program", "root",
    "run", "sbin", "snap", "srv", "sys", "tmp", "users", "usr", "var", "windows"};
static_assert(std::is_sorted(kTradeWords.begin(), kTradeWords.end()) && std::is_sorted(kTradeTokens.begin(), kTradeTokens.end()) &&
              std::is_sorted(kFileEndings.begin(), kFileEndings.end()) && std::is_sorted(kRootFolders.begin(), kRootFolders.end()));

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::binary_search(words.begin(), words.end(), word);
}

}  // namespace

bool is_trade_word(std::string_view word) { return holds(kTradeWords, word); }
bool is_trade_token(std::string_view token) { return holds(kTradeTokens, token); }
bool is_file_ending(std::string_view word) { return holds(kFileEndings, word); }
bool is_root_folder(std::string_view word) { return holds(kRootFolders, word); }

}  // namespace frostgate::redaction
