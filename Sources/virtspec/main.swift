import Commands

await Virtspec.main()
