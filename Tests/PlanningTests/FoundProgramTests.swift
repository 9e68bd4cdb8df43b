import TestSupport
import Testing

/// Programs that once found something, as short as they could be made.
@Suite("Programs that found something") struct FoundProgramTests {
  struct Found: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let program: Program

    init(_ description: String, _ program: String) {
      testDescription = description
      self.program = Program(program)
    }
  }

  static let all = [
    Found(
      "a new overlay comes after what is made anew at the bottom of its chain",
      """
      declare pool/p1
      declare volume/v1
      declare volume/v2 backing v1
      declare network/n1 mtu 1400
      declare guest/g1 disks [{name: vda, pool: p1, size: 1GiB, backing: v2}]
      declare guest/g2 disks [{name: vda, pool: p1, size: 1GiB, backing: v2}]
      apply --allow recreate hang 12
      outside vol-delete p1/v1
      apply --allow data-loss
      """),
    Found(
      "whether an image is used is not known once its pool is stopped",
      """
      declare pool/p1
      declare image/i1
      declare guest/g5 disks [{name: vda, pool: p1, image: i1, size: 3GiB}]
      apply
      undeclare guest/g5
      undeclare image/i1
      declare pool/p1 power stopped
      apply --allow recreate
      """),
    Found(
      "a network goes in the run that takes the last guest off it",
      """
      declare network/n1 address 10.1.0.1/24
      declare network/found mtu 1400
      declare guest/found interfaces [{network: n1}]
      apply --allow live --prune --adopt fail 3
      undeclare network/found
      apply --allow data-loss --prune --adopt
      """),
    Found(
      "a network that somebody took away under its guest gets the guest back",
      """
      declare network/n1
      declare guest/g1 interfaces [{network: n1, bandwidth: {inbound: 2000, outbound: 500}}]
      apply
      outside delete network/n1
      apply --allow none --prune hang 2
      """),
    Found(
      "a guest without a persistent definition is not renamed, since it would be gone",
      """
      declare guest/g3 power running
      apply --allow none --adopt
      outside undefine g3
      undeclare guest/g3
      declare guest/g4 previousName g3
      apply --allow recreate --prune --adopt
      """),
    Found(
      "a guest that is declared again starts in the same run",
      """
      declare network/n1 power stopped
      declare guest/g1 interfaces [{network: n1, bandwidth: {inbound: 2000, outbound: 500}}]
      apply --allow recreate
      undeclare guest/g1
      declare guest/g1 cpuTune {shares: 512}
      apply --allow restart --adopt
      """),
    Found(
      "a full clone that was cut off is made anew",
      """
      declare pool/p1
      declare image/i1
      apply
      declare guest/g7 disks [{name: vda, pool: p1, image: i1, size: 2GiB, clone: full}]
      declare secret/s2
      apply --prune --adopt hang-late 3
      """),
    Found(
      "no volume is laid over one that turns up with another format when its pool starts",
      """
      declare pool/p1
      declare volume/v1
      declare volume/v2 backing v1
      apply --prune --adopt
      outside vol-delete p1/v2
      outside pool-stop p1
      declare volume/v1 format raw
      apply --allow data-loss --prune --adopt hang-late 4
      """),
    Found(
      "a saved guest that is brought back may need a restart, by a second run",
      """
      declare guest/g2 memTune {hardLimit: 1GiB}
      apply --allow recreate
      outside pause g2
      declare guest/g2 graphics [vnc]
      apply --allow restart --adopt
      outside save g2
      apply --allow recreate --prune --adopt
      """),
    Found(
      "a new guest whose power nobody declares is started by the run after one that died",
      """
      declare guest/g1
      apply die-after 1
      """),
    Found(
      "a guest whose power nobody declares is started again after a restart that died",
      """
      declare guest/g1
      apply --adopt
      declare guest/g1 firmware uefi
      apply --allow restart die-before 3
      """),
    Found(
      "a guest whose power nobody declares is started again after a renaming that died",
      """
      declare guest/g3
      apply
      undeclare guest/g3
      declare guest/g4 previousName g3
      apply --allow restart die-after 2
      """),
    Found(
      "a new pool or network gets its autostart from the run after one that died",
      """
      declare pool/p1
      declare network/n1
      apply die-after 2
      apply die-after 3
      """),
    Found(
      "a network without autostart is restarted without getting it, also by a run that died",
      """
      declare network/found mtu 1400
      apply --allow restart --adopt die-after 2
      """),
    Found(
      "the interfaces of a guest that does not declare them are attached again",
      """
      declare guest/found cpus 1
      declare network/found mtu 1500
      apply --allow recreate --adopt
      """),
    Found(
      "interfaces that a run left without a bridge when it died are attached by the next one",
      """
      declare network/n1 address 10.1.0.1/24
      declare guest/g2 interfaces [{network: n1, ip: 10.1.0.12}]
      apply
      declare network/n1 mtu 1400
      apply --allow restart --adopt die-before 4
      """),
    Found(
      "interfaces on a network that somebody stopped are attached by the run after one that died",
      """
      declare network/n1
      declare guest/g2 interfaces [{network: n1}]
      apply
      outside net-stop n1
      apply die-after 2
      """),
    Found(
      "a network stays while a guest that does not declare its interfaces uses it",
      """
      declare network/found
      declare guest/found title Theirs
      apply --adopt
      undeclare network/found
      apply --allow restart --prune --adopt
      """),
    Found(
      "a pool that does not run keeps its folder while disks of guests lie there",
      """
      reboot
      declare pool/found path /srv/elsewhere
      apply --allow live --adopt
      """),
    Found(
      "no volume is made in a pool that is declared as stopped",
      """
      declare pool/p1 power stopped
      declare volume/v1 pool p1
      apply --allow recreate
      """),
    Found(
      "a volume does not grow in a pool that is to stop",
      """
      declare pool/p1
      declare volume/v2 capacity 1GiB
      apply
      declare pool/p1 power stopped
      declare volume/v2 capacity 2GiB
      apply --allow recreate
      """),
    Found(
      "no guest is started on a network that does not run",
      """
      declare network/n1 power unmanaged
      declare guest/g1 interfaces [{network: n1}]
      apply --allow recreate
      """),
    Found(
      "no guest is started on a network that is not the stack's to start",
      """
      declare network/n1 autostart false
      declare guest/g1 interfaces []
      apply --allow restart --adopt hang-late 4
      declare guest/g1 interfaces [{network: n1}]
      reboot
      outside forget network/n1
      apply
      """),
    Found(
      "a guest whose definition is refused is not marked for a restart",
      """
      declare pool/p1
      declare volume/v1
      declare volume/v2 backing v1
      declare guest/g2 disks [{name: vda, pool: p1, size: 1GiB, backing: v2}]
      apply --allow recreate --prune
      declare guest/g2 disks [{name: vda, pool: p1, volume: v1}]
      apply --allow recreate --prune --adopt
      """),
    Found(
      "a new guest's disk lies where the pool stays that may not move",
      """
      declare pool/p1
      declare volume/v1
      apply --adopt
      declare pool/p1 path /srv/p1-other
      declare guest/g3 disks [{name: vda, pool: p1, size: 1GiB}]
      apply --allow recreate --prune --adopt
      """),
    Found(
      "no guest is started on a network that is gone",
      """
      declare guest/found disks [{name: vda, file: /elsewhere/x.img, format: raw}]
      outside delete network/found
      apply --allow restart --adopt
      """),
    Found(
      "the volumes of a pool that somebody undefined are found again",
      """
      declare pool/p1
      declare volume/v1 capacity 3GiB
      apply
      outside delete pool/p1
      apply --allow recreate
      """),
    Found(
      "a disk that becomes a drive waits for the restart",
      """
      declare pool/p1
      declare guest/g1 disks [{name: sda, bus: scsi, pool: p1, size: 1GiB}]
      apply
      declare guest/g1 disks [{name: sda, bus: sata, device: cdrom, file: /iso/a.iso}]
      apply --allow restart
      """),
    Found(
      "a guest with snapshots takes another medium",
      """
      declare guest/g1 disks [{name: sda, bus: sata, device: cdrom, file: /iso/a.iso}]
      apply
      outside snapshot g1
      declare guest/g1 disks [{name: sda, bus: sata, device: cdrom, file: /iso/b.iso}]
      apply
      """),
    Found(
      "a volume and the overlay over it are both made anew, and the overlay goes first",
      """
      declare pool/p1
      declare volume/v1
      declare volume/v2 backing v1
      apply --allow recreate
      declare volume/v1 format raw
      apply --allow data-loss --adopt fail 3
      apply --allow data-loss
      """),
    Found(
      "a volume that grows as it is taken over is the stack's",
      """
      declare pool/p1
      declare guest/g1 disks [{name: vda, pool: p1, size: 1GiB}]
      apply --adopt
      undeclare guest/g1
      apply --prune --adopt
      declare guest/g1 disks [{name: vda, pool: p1, size: 2GiB}]
      apply --allow recreate --prune --adopt
      """),
    Found(
      "a network that is made for a guest which lost it need not be started",
      """
      declare network/found power unmanaged
      outside delete network/found
      apply --prune
      """),
    Found(
      "a volume that was lost under a guest which goes is made by the same run",
      """
      declare pool/p1
      declare volume/v1
      declare guest/g1 disks [{name: vda, pool: p1, volume: v1}]
      apply
      outside vol-delete p1/v1
      undeclare guest/g1
      apply --prune --allow recreate
      """),
    Found(
      "no guest is started when a volume at the bottom of its chain is lost and stays so",
      """
      declare pool/p1
      declare volume/v1
      declare volume/v2 backing v1
      declare guest/g1 disks [{name: vda, pool: p1, volume: v1}]
      declare guest/g2 disks [{name: vda, pool: p1, size: 1GiB, backing: v2}]
      declare guest/g2 power running
      apply --allow live --prune
      outside vol-delete p1/v1
      reboot
      apply --allow recreate --prune --adopt
      """),
    Found(
      "no guest is stopped for a restart while its filter is gone, as far as filters are read",
      """
      declare networkfilter/f1
      declare guest/found disks [{name: vda, file: /elsewhere/d.img, format: raw}]
      outside filter-undefine found
      apply --allow recreate --prune --adopt
      """),
    Found(
      "a guest that somebody undefined is gone when it stops",
      """
      declare guest/g1
      apply
      undeclare guest/g1
      outside undefine g1
      apply --allow recreate --prune --adopt
      """),
    Found(
      "what an overlay brings to a guest with a saved state waits for its restart, and the plan says so",
      """
      declare guest/g1 power running
      apply
      outside save g1
      declare guest/g1 xml "<memoryBacking><nosharepages/></memoryBacking>"
      apply
      """),
  ]

  @Test("it finds nothing any more", arguments: all)
  func found(_ found: Found) async throws {
    let violations = try await ProgramRun.violations(of: found.program)
    #expect(violations.isEmpty, "\(found.program)")
  }

  @Test(
    "a run that did what it must not is caught",
    arguments: [
      ("vol-delete found/base", [2, 3, 6]), ("edit guest/found title Ours", [2]),
      ("stop found", [2, 4]), ("net-stop found", [2, 6]), ("delete guest/g1", [4, 5]),
      ("forget guest/g1", [7]), ("vol-create p1 v9", [7]),
    ])
  func caught(harm: String, invariants: [Int]) async throws {
    let before = Program(
      "declare pool/p1\ndeclare guest/g1 lifecycle {protect: true}\napply")
    let found = try await ProgramRun.violations(of: harm, after: before)
    #expect(Set(found.map(\.invariant)) == Set(invariants))
  }

  @Test("a program is made as short as its failure allows")
  func shrinks() async throws {
    let program = Program("declare guest/g1\nplan\noutside stop found\napply --adopt\nreboot\nplan")
    let shrunk = await program.shrunk { smaller in
      smaller.lines.contains("outside stop found") && smaller.lines.contains("reboot")
    }
    #expect(shrunk.lines == ["outside stop found", "reboot"])
  }
}
