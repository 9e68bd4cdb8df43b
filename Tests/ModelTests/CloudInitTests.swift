import Model
import Testing

@Suite("cloud-init's files follow from the fields") struct CloudInitTests {
  private static func file(_ name: String, _ spec: Record, _ texts: SecretTexts = SecretTexts())
    -> String?
  {
    CloudInit(spec, guest: "web-1", values: texts).disc(instance: "i-1").files?
      .first { $0.path == name }?.content
  }

  @Test("every friendly field has its key in the user data")
  func userData() {
    let spec: Record = Record([
      ("hostname", "web"), ("fqdn", "web.example.org"), ("timezone", "UTC"), ("locale", "C"),
      ("packageUpdate", true), ("packageUpgrade", false), ("packages", ["nginx", "curl"]),
      ("sshAuthorizedKeys", ["ssh-ed25519 A"]),
      (
        "users",
        [
          ["name": "default"],
          [
            "name": "ops", "gecos": "Operations", "groups": ["sudo", "adm"],
            "sudo": ["ALL=(ALL) NOPASSWD:ALL"], "shell": "/bin/bash", "passwordHash": "$6$a$b",
            "sshAuthorizedKeys": ["ssh-ed25519 B"],
          ],
        ]
      ),
      ("files", [["path": "/etc/motd", "content": "Hello \"you\"\n", "permissions": "0600"]]),
      ("commands", ["echo one: two"]), ("bootCommands", ["true"]),
    ])
    #expect(
      Self.file("user-data", spec) == #"""
        #cloud-config
        hostname: "web"
        fqdn: "web.example.org"
        timezone: "UTC"
        locale: "C"
        package_update: true
        package_upgrade: false
        packages:
        - "nginx"
        - "curl"
        ssh_authorized_keys:
        - "ssh-ed25519 A"
        users:
        - "default"
        - name: "ops"
          gecos: "Operations"
          groups: "sudo, adm"
          sudo:
          - "ALL=(ALL) NOPASSWD:ALL"
          shell: "/bin/bash"
          ssh_authorized_keys:
          - "ssh-ed25519 B"
          passwd: "$6$a$b"
          lock_passwd: false
        write_files:
        - path: "/etc/motd"
          content: "Hello \"you\"\n"
          permissions: "0600"
          owner: "root:root"
        bootcmd:
        - "true"
        runcmd:
        - "echo one: two"

        """#)
  }

  @Test("raw user data stand as they are, and the host name goes into the meta data")
  func rawUserData() {
    let spec = Record([
      ("hostname", "web"), ("userData", ["text": "#!/bin/sh\n"]),
      ("metaData", ["text": "region: ams"]),
    ])
    #expect(Self.file("user-data", spec) == "#!/bin/sh\n")
    #expect(
      Self.file("meta-data", spec)
        == "instance-id: \"i-1\"\nlocal-hostname: \"web\"\nregion: ams\n")
  }

  @Test("a guest is called by its own name, unless its meta data say another")
  func hostname() {
    #expect(
      Self.file("meta-data", Record()) == "instance-id: \"i-1\"\nlocal-hostname: \"web-1\"\n")
    let spec = Record([("metaData", ["text": "local-hostname: other\n"])])
    #expect(Self.file("meta-data", spec) == "instance-id: \"i-1\"\nlocal-hostname: other\n")
  }

  @Test("interfaces become version 2 of the network configuration")
  func network() {
    let spec = Record([
      (
        "network",
        [
          ["name": "eth0"],
          [
            "name": "eth1", "mac": "52:54:00:00:00:01", "addresses": ["10.0.0.2/24"],
            "gateway4": "10.0.0.1", "nameservers": ["10.0.0.1"], "searchDomains": ["example.org"],
            "mtu": 1400,
          ],
        ]
      )
    ])
    #expect(
      Self.file("network-config", spec) == """
        version: 2
        ethernets:
          eth0:
            dhcp4: true
          eth1:
            match:
              macaddress: "52:54:00:00:00:01"
            set-name: "eth1"
            addresses:
            - "10.0.0.2/24"
            routes:
            - to: "0.0.0.0/0"
              via: "10.0.0.1"
            nameservers:
              addresses:
              - "10.0.0.1"
              search:
              - "example.org"
            mtu: 1400

        """)
    #expect(Self.file("network-config", Record()) == nil)
  }

  @Test("what a reference gives stands in the files, and nowhere else")
  func references() throws {
    let spec = Record([
      ("users", [["name": "ops", "passwordHashFrom": ["env": "HASH"]]]),
      ("files", [["path": "/etc/key", "contentFrom": ["file": "key"]]]),
    ])
    #expect(
      CloudInit.references(spec).map(\.path) == [
        "users[ops].passwordHashFrom", "files[/etc/key].contentFrom",
      ])
    var texts = SecretTexts()
    texts["users[ops].passwordHashFrom"] = "$6$secret"
    texts["files[/etc/key].contentFrom"] = "PRIVATE"
    let userData = try #require(Self.file("user-data", spec, texts))
    #expect(userData.contains("$6$secret") && userData.contains("PRIVATE"))
    let disc = CloudInit(spec, guest: "web-1", values: texts).disc(instance: "i")
    #expect(disc.isSecret)
    var said = "\(disc) \(texts) "
    dump(disc, to: &said)
    dump(texts, to: &said)
    said += CloudInit.condensed(spec).canonicalJSON
    #expect(!said.contains("secret\"") && !said.contains("$6$secret") && !said.contains("PRIVATE"))
    #expect(SecretTexts(texts.value) == texts)
    // Another value is another disc, by a digest that is costly to try words with.
    texts["files[/etc/key].contentFrom"] = "OTHER"
    let other = CloudInit(spec, guest: "web-1", values: texts).disc(instance: "i")
    #expect(other.digest(salt: "s") != disc.digest(salt: "s"))
    #expect(disc.digest(salt: "s") != disc.digest(salt: "t"))
  }

  @Test("texts and hashes are written down as digests")
  func condensed() {
    let spec = Record([
      ("userData", ["text": "#!/bin/sh\nsecret\n"]), ("packages", ["nginx"]),
      ("users", [["name": "ops", "passwordHash": "$6$a$b"]]),
      ("files", [["path": "/a", "content": "secret"]]),
    ])
    let text = CloudInit.condensed(spec).canonicalJSON
    #expect(!text.contains("secret") && !text.contains("$6$"))
    #expect(text.contains("nginx") && text.contains("sha256:"))
  }
}
